#include "relay/observe/http.hpp"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <future>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <semaphore>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

#include <httplib.h>

namespace relay::observe {
namespace {

constexpr std::size_t workers = 16;
constexpr std::ptrdiff_t accepted_at_most = 32;
constexpr std::chrono::seconds left_to_the_kernel{10};  // a connection that says nothing: it costs no worker that long
constexpr std::chrono::seconds patience_at_first{1};    // for the first byte of a request
constexpr std::chrono::seconds patience{2};  // for the next byte of a request, or for room for the next byte of an answer
constexpr std::size_t longest_body = 8192;
constexpr int backlog = 128;

/// httplib would queue accepted connections without end, each with its file descriptor. Here the thread that accepts waits instead.
class BoundedPool final : public httplib::TaskQueue {
 public:
  using Enqueued = decltype(std::declval<httplib::ThreadPool&>().enqueue(nullptr));  // void, in newer versions bool

  Enqueued enqueue(std::function<void()> job) override {
    room_.acquire();
    return pool_.enqueue([this, job = std::move(job)] {
      job();
      room_.release();
    });
  }

  void shutdown() override { pool_.shutdown(); }

 private:
  std::counting_semaphore<accepted_at_most> room_{accepted_at_most};
  httplib::ThreadPool pool_{workers};
};

/// The port of a connected TCP socket's own end; 0 for everything else.
std::uint16_t local_port(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  sockaddr_storage peer{};
  socklen_t peer_length = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_length) != 0) return 0;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return 0;
}

/// A client that sends a byte now and then is never idle, so httplib would wait for it at the end, and it does not tell which
/// sockets it accepted. They are known by their local port, which nobody else in this process can have.
void cut_connections(std::uint16_t port) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const auto name = entry.path().filename().string();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (local_port(fd) == port) ::shutdown(fd, SHUT_RDWR);
  }
}

void reply(httplib::Response& response, const Answer& answer) {
  response.status = answer.code;
  response.set_content(answer.body, answer.type);
}

std::string_view allowed(Route::Method method) {
  return method == Route::Method::get ? "GET, HEAD" : "POST";
}

}  // namespace

class HttpServer::Listener {
 public:
  Listener(const Address& listen, std::vector<Route> routes) : routes_(std::move(routes)) {
    limit();
    for (const auto& route : routes_) add(route);
    server_.set_pre_routing_handler([this](const auto& request, auto& response) { return answer_without_body(request, response); });
    server_.set_error_handler([this](const auto& request, auto& response) { explain(request, response); });
    bind(listen);
    std::packaged_task<bool()> serve([this] { return server_.listen_after_bind(); });
    ended_ = serve.get_future();
    thread_ = std::jthread(std::move(serve));
    // `stop` has no effect on a server that does not run yet
    while (!server_.is_running() && ended_.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    }
  }

  ~Listener() {
    server_.stop();
    while (ended_.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) cut_connections(port_);
  }

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  Listener(Listener&&) = delete;
  Listener& operator=(Listener&&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  void limit() {
    server_.new_task_queue = [] { return new BoundedPool; };  // NOLINT(cppcoreguidelines-owning-memory): httplib deletes it
    server_.set_keep_alive_max_count(1);
    server_.set_keep_alive_timeout(patience_at_first.count());
    server_.set_read_timeout(patience.count());
    server_.set_write_timeout(patience.count());
    server_.set_payload_max_length(longest_body);
    // httplib's own choice is SO_REUSEPORT, with which a second relay would share the port without a word
    server_.set_socket_options([this](int fd) {
      socket_ = fd;
      const int on = 1;
      ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      constexpr int wait = left_to_the_kernel.count();
      ::setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &wait, sizeof wait);
    });
  }

  void add(const Route& route) {
    const auto handler = [answer = route.answer](const httplib::Request&, httplib::Response& response) {
      reply(response, answer());
    };
    if (route.method == Route::Method::get) {
      server_.Get(route.path, handler);
    } else {
      server_.Post(route.path, handler);
    }
  }

  /// A request that announces no body has none (RFC 9112, 6.3), but httplib would read one until the client hangs up.
  httplib::Server::HandlerResponse answer_without_body(const httplib::Request& request, httplib::Response& response) const {
    using enum httplib::Server::HandlerResponse;
    const bool announced = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
    if (announced || request.method == "GET" || request.method == "HEAD") return Unhandled;
    for (const auto& route : routes_) {
      if (request.method != "POST" || route.method != Route::Method::post || route.path != request.path) continue;
      reply(response, route.answer());
      return Handled;
    }
    response.status = 404;
    explain(request, response);
    return Handled;
  }

  void explain(const httplib::Request& request, httplib::Response& response) const {
    if (!response.body.empty()) return;
    if (response.status != 404) return reply(response, {response.status, "not a request that is answered here\n"});
    for (const auto& route : routes_) {
      if (route.path != request.path) continue;
      response.set_header("Allow", std::string(allowed(route.method)));
      return reply(response, {405, route.path + " allows " + std::string(allowed(route.method)) + "\n"});
    }
    std::string known = "not found; there are";
    for (const auto& route : routes_) known += " " + route.path;
    reply(response, {404, known + "\n"});
  }

  void bind(const Address& listen) {
    const auto& [host, port] = listen;
    errno = 0;
    const int bound = port == 0 ? server_.bind_to_any_port(host) : (server_.bind_to_port(host, port) ? port : -1);
    const int reason = errno;
    if (bound > 0) {
      port_ = static_cast<std::uint16_t>(bound);
      ::listen(socket_, backlog);  // httplib's five make a burst of clients wait for a second try
      return;
    }
    const bool told = reason == EADDRINUSE || reason == EADDRNOTAVAIL || reason == EACCES;
    throw CannotListen(reason == EADDRNOTAVAIL,
                       "http.listen: cannot listen on " + listen.text() + ": " +
                           (told ? std::generic_category().message(reason) : "no such address on this machine") +
                           "; choose another address, or leave http.listen empty to go without");
  }

  std::vector<Route> routes_;
  httplib::Server server_;
  int socket_ = -1;  // owned by server_
  std::uint16_t port_ = 0;
  std::future<bool> ended_;
  std::jthread thread_;
};

HttpServer::HttpServer(const Address& listen, std::vector<Route> routes)
    : listener_(std::make_unique<Listener>(listen, std::move(routes))) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const noexcept {
  return listener_->port();
}

}  // namespace relay::observe
