#include "relay/observe/http.hpp"

#include "tests/observe/client.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using relay::observe::Answer;
using relay::observe::HttpServer;
using relay::observe::Route;
using test::Connection;
using test::request;

namespace {

std::vector<Route> routes() {
  return {{Route::Method::get, "/here",
           [] {
             return Answer{200, "it is\n"};
           }},
          {Route::Method::get, "/sick",
           [] {
             return Answer{503, "not well\n"};
           }},
          {Route::Method::post, "/do", [] {
             return Answer{202, "done\n"};
           }}};
}

const relay::Address any_port{"127.0.0.1", 0};

std::string refused(const relay::Address& listen) {
  try {
    const HttpServer server(listen, routes());
  } catch (const std::exception& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a port that somebody else has is refused with one line that names http.listen and the address") {
  const HttpServer first(any_port, routes());
  const relay::Address address{"127.0.0.1", first.port()};
  CHECK(refused(address) == "http.listen: cannot listen on " + address.text() +
                                ": Address already in use; choose another address, or leave http.listen empty to go without");
  try {
    const HttpServer second(address, routes());
    FAIL("both listen");
  } catch (const relay::observe::CannotListen& error) {
    CHECK_FALSE(error.foreign());
  }
}

TEST_CASE("an address of another machine is refused") {
  const relay::Address elsewhere{"192.0.2.1", 24000};
  CHECK(refused(elsewhere).find("http.listen: cannot listen on 192.0.2.1:24000") == 0);
  try {
    const HttpServer server(elsewhere, routes());
    FAIL("it listens");
  } catch (const relay::observe::CannotListen& error) {
    CHECK(error.foreign());
  }
}

TEST_CASE("a port is free again as soon as its server is gone") {
  auto first = std::make_unique<HttpServer>(any_port, routes());
  const auto port = first->port();
  CHECK(request(port, "GET", "/here").code == 200);
  first.reset();
  const HttpServer second({"127.0.0.1", port}, routes());
  CHECK(request(port, "GET", "/here").code == 200);
}

TEST_CASE("answers carry code, body and type, and close the connection") {
  const HttpServer server(any_port, routes());
  const auto here = request(server.port(), "GET", "/here");
  CHECK(here.code == 200);
  CHECK(here.body == "it is\n");
  CHECK(here.head.find("Content-Type: text/plain; charset=utf-8") != std::string::npos);
  CHECK(here.head.find("Connection: close") != std::string::npos);
  const auto sick = request(server.port(), "GET", "/sick");
  CHECK(sick.code == 503);
  CHECK(sick.body == "not well\n");
  CHECK(request(server.port(), "POST", "/do").code == 202);
  CHECK(request(server.port(), "HEAD", "/here").code == 200);
  CHECK(request(server.port(), "HEAD", "/here").body.empty());
}

TEST_CASE("an unknown path is 404 and says which there are; a wrong method is 405 and says which is right") {
  const HttpServer server(any_port, routes());
  const auto unknown = request(server.port(), "GET", "/nowhere");
  CHECK(unknown.code == 404);
  CHECK(unknown.body == "not found; there are /here /sick /do\n");
  const auto wrong = request(server.port(), "GET", "/do");
  CHECK(wrong.code == 405);
  CHECK(wrong.head.find("Allow: POST") != std::string::npos);
  CHECK(request(server.port(), "DELETE", "/here").code == 405);
  CHECK(request(server.port(), "POST", "/here").code == 405);
}

TEST_CASE("a request that announces no body is answered without waiting for one") {
  const HttpServer server(any_port, routes());
  const auto answer = [&server](const std::string& line) {
    const Connection client(server.port());
    client.send(line + " HTTP/1.1\r\nHost: test\r\n\r\n");
    return client.rest();
  };
  CHECK(answer("POST /do").starts_with("HTTP/1.1 202 "));
  CHECK(answer("POST /do?why=not").starts_with("HTTP/1.1 202 "));
  const auto wrong = answer("POST /here");
  CHECK(wrong.starts_with("HTTP/1.1 405 "));
  CHECK(wrong.find("Allow: GET, HEAD\r\n") != std::string::npos);
  CHECK(answer("PUT /do").starts_with("HTTP/1.1 405 "));
  CHECK(answer("DELETE /here").starts_with("HTTP/1.1 405 "));
  const auto unknown = answer("POST /nowhere");
  CHECK(unknown.starts_with("HTTP/1.1 404 "));
  CHECK(unknown.ends_with("\r\n\r\nnot found; there are /here /sick /do\n"));
  CHECK(answer("POST /" + std::string(20'000, 'x')).starts_with("HTTP/1.1 414 "));
}

TEST_CASE("a request may come with a body, which nobody looks at") {
  const auto* const body = GENERATE("Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  const HttpServer server(any_port, routes());
  const Connection client(server.port());
  client.send("POST /do HTTP/1.1\r\nHost: test\r\n" + std::string(body));
  CHECK(client.rest().starts_with("HTTP/1.1 202 "));
}

TEST_CASE("what follows a request on its connection is no second request") {
  const HttpServer server(any_port, routes());
  const Connection client(server.port());
  client.send("POST /do HTTP/1.1\r\nHost: test\r\n\r\nGET /here HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto all = client.rest();
  CHECK(all.starts_with("HTTP/1.1 202 "));
  CHECK(all.find("Connection: close\r\n") != std::string::npos);
  CHECK(all.rfind("HTTP/1.1 ") == 0);
}

TEST_CASE("what is no HTTP gets no 200 and does not end the server") {
  const HttpServer server(any_port, routes());
  const Connection garbage(server.port());
  garbage.send("\x16\x03\x01 hello\r\n\r\n");
  CHECK(garbage.rest().find("200 OK") == std::string::npos);
  CHECK(request(server.port(), "GET", "/here").code == 200);
}

TEST_CASE("a body that is too large is refused") {
  const HttpServer server(any_port, routes());
  const Connection client(server.port());
  client.send("POST /do HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000000\r\n\r\n");
  CHECK(client.rest().starts_with("HTTP/1.1 4"));  // 413, or 400 from newer versions of the library
}

TEST_CASE("clients that say nothing, or only half a line, do not keep others waiting") {
  const auto* const said = GENERATE("", "GET /he");
  const HttpServer server(any_port, routes());
  for (int tries = 0; tries < 10; ++tries) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Connection> idle;
    idle.reserve(12);
    for (int i = 0; i < 12; ++i) {
      idle.emplace_back(server.port());
      idle.back().send(said);
    }
    CHECK(request(server.port(), "GET", "/here").code == 200);
    const bool all_wait = std::ranges::all_of(idle, &Connection::still_waits);
    if (std::chrono::steady_clock::now() - begin > 1s) continue;  // it may give them up rightly by now
    CHECK(all_wait);                                              // none had to be given up first
    return;
  }
  FAIL("the one that asks is not answered within a second");
}

TEST_CASE("many clients at once are all answered") {
  const HttpServer server(any_port, routes());
  std::atomic<int> answered{0};
  {
    std::vector<std::jthread> clients;
    clients.reserve(50);
    for (int i = 0; i < 50; ++i) {
      clients.emplace_back([&] { answered += request(server.port(), "GET", "/here").code == 200 ? 1 : 0; });
    }
  }
  CHECK(answered == 50);
}

TEST_CASE("a client that sends a byte now and then cannot keep the server from ending") {
  auto server = std::make_unique<HttpServer>(any_port, routes());
  const Connection slow(server->port());
  slow.send("GET /he");
  CHECK(request(server->port(), "GET", "/here").code == 200);  // accepted after the slow one, which a worker therefore reads now
  std::jthread trickle([&slow](const std::stop_token& stop) {
    try {
      while (!stop.stop_requested()) {
        slow.send("r");
        std::this_thread::sleep_for(100ms);
      }
    } catch (const std::exception&) {
      return;  // cut, as it should be
    }
  });
  auto ended = std::async(std::launch::async, [&server] { server.reset(); });
  const bool in_time = ended.wait_for(20s) == std::future_status::ready;
  trickle.request_stop();
  CHECK(in_time);
}
