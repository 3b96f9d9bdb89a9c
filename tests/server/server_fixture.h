// A whole server on a fake memory: what the tests of its calls stand on.
#ifndef REPRISE_TESTS_SERVER_SERVER_FIXTURE_H_
#define REPRISE_TESTS_SERVER_SERVER_FIXTURE_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "reprise/v1/matches.grpc.pb.h"
#include "server/server.h"
#include "server/wire.h"
#include "tests/server/fake_memory.h"
#include "tests/testing/units.h"

namespace reprise::testing {

// channel_ leads to server_ over a loopback socket; its memory fake_ holds "news".
class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto memory = std::make_unique<FakeMemory>();
    fake_ = memory.get();
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.transfer_threads = 1;
    options.memory = std::move(memory);
    auto server = Server::Start(std::move(options));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(server).value();
    ASSERT_GT(server_->port(), 0);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials());
    MemoryInfo news;
    news.name = "news";
    ASSERT_TRUE(fake_->CreateMemory(news).ok());
  }

  static v1::LookupRequest Request(const std::string& text) {
    v1::LookupRequest request;
    request.add_memories()->set_name("memories/news");
    request.mutable_query()->mutable_content()->set_text(text);
    request.mutable_query()->set_source_locale("en");
    request.mutable_query()->set_target_locale("de");
    return request;
  }

  void Put(const std::string& source, const std::string& target) {
    ASSERT_TRUE(fake_->PutUnits("news", {MakeUnit(source, target)}, {}).ok());
  }

  // Sends `bytes` as they are to a unary method.
  grpc::Status Raw(const std::string& method, const std::string& bytes, std::string* answer = nullptr) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    std::mutex mu;
    std::condition_variable done;
    bool finished = false;
    grpc::Status out;
    { std::lock_guard<std::mutex> lock(mu); }  // what is above happened before the callback, also to ThreadSanitizer
    stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response, [&](grpc::Status status) {
      std::lock_guard<std::mutex> lock(mu);
      out = std::move(status);
      finished = true;
      done.notify_one();
    });
    std::unique_lock<std::mutex> lock(mu);
    done.wait(lock, [&] { return finished; });
    if (answer != nullptr) *answer = BufferBytes(response);
    return out;
  }

  FakeMemory* fake_ = nullptr;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_SERVER_SERVER_FIXTURE_H_
