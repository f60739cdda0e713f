// The one file that holds the compiled parts of Asio and Beast (see cmake/dependencies.cmake).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
