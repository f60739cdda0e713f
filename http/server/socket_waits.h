// What a connection's coroutine waits for. Private to the connection.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/socket_base.hpp>
#include <coroutine>
#include <cstddef>

#include "http/server/connection.h"

namespace boxoffice::http {

struct ReadSome {
  Connection::Socket& socket;
  boost::asio::mutable_buffer buffer;
  IoResult result{};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    socket.async_read_some(buffer,
                           [this, waiting](boost::system::error_code error, std::size_t bytes) {
                             result = {error, bytes};
                             waiting.resume();
                           });
  }
  IoResult await_resume() const { return result; }
};

struct Writable {
  Connection::Socket& socket;
  boost::system::error_code error{};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    socket.async_wait(boost::asio::socket_base::wait_write,
                      [this, waiting](boost::system::error_code result) {
                        error = result;
                        waiting.resume();
                      });
  }
  boost::system::error_code await_resume() const { return error; }
};

}  // namespace boxoffice::http
