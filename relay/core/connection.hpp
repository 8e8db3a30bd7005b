#pragma once

#include "relay/core/dead_letters.hpp"
#include "relay/core/link.hpp"
#include "relay/core/outbox_table.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace relay::core {

/// A link with the outbox at its end, looked at anew with every session.
class Connection {
 public:
  using Work = std::function<void(db::Session&, const std::shared_ptr<const OutboxTable>&)>;

  Connection(Database database, OutboxShape shape, std::function<void(const LinkChange&)> tell)
      : shape_(std::move(shape)),
        link_(
            std::move(database), [this](auto& session, const auto& dialect) { open(session, dialect); }, std::move(tell)) {}
  ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// As Link does.
  bool keep_trying(const std::stop_token& stop, const Work& work) {
    return link_.keep_trying(stop, [&](db::Session& session) { work(session, table_); });
  }

  /// Called with every new session, before any work.
  void on_connect(std::function<void(db::Session&)> prepare) { prepare_ = std::move(prepare); }

  /// None while not connected.
  [[nodiscard]] db::Session* session() noexcept { return link_.session(); }
  void drop(const std::string& why) { link_.drop(why); }

 private:
  void open(db::Session& session, const db::Dialect& dialect) {
    table_ = std::make_shared<const OutboxTable>(open_outbox(session, dialect, shape_));
    if (shape_.parks) require_dead_letters(session, *table_);
    if (prepare_) prepare_(session);
  }

  OutboxShape shape_;
  std::function<void(db::Session&)> prepare_;
  std::shared_ptr<const OutboxTable> table_;
  Link link_;
};

}  // namespace relay::core
