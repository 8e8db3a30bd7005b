#pragma once

#include "db_adapters/port/error.hpp"

#include <dlfcn.h>
#include <memory>
#include <string>

namespace db::soci_adapter {

/// A client library that a SOCI backend brought into this process; held open, so that its functions stay where they are.
class SharedLibrary {
 public:
  /// @throws DbError  `missing_object`
  explicit SharedLibrary(const char* name) : handle_(dlopen(name, RTLD_LAZY), &close) {
    if (handle_ == nullptr) throw DbError(Failure::missing_object, "", std::string(name) + " cannot be loaded: install it");
  }

  /// @return the function of that name, never null
  template <class Function>
  [[nodiscard]] Function function(const char* name) const {
    auto* const found = dlsym(handle_.get(), name);
    if (found == nullptr) throw DbError(Failure::missing_object, "", std::string(name) + " is missing in its library: update it");
    return reinterpret_cast<Function>(found);
  }

 private:
  static void close(void* handle) noexcept {
    if (handle != nullptr) dlclose(handle);
  }

  std::unique_ptr<void, void (*)(void*)> handle_;
};

}  // namespace db::soci_adapter
