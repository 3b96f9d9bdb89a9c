// Units on their way into a memory through the public API's Import: what `learn` sends.
//
//   LearnStream stream(session, config);
//   RETURN_IF_ERROR(stream.Add(std::move(unit), 17));   // line 17 of the file that it came from
//   RETURN_IF_ERROR(stream.Finish());
//   stream.counts(); stream.refusals();                 // refusals name the line given to Add
//
// The call begins with the first unit, so a file without any costs none. Memory does not grow with the texts. One
// thread calls it; a second one of its own reads the answers.
#ifndef REPRISE_CLIENT_LEARN_STREAM_H_
#define REPRISE_CLIENT_LEARN_STREAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/status.h"
#include "client/session.h"
#include "formats/unit_stream.h"
#include "reprise/v1/transfer.grpc.pb.h"
#include "text/segment.h"

namespace reprise::client {

class LearnStream : private ByteSink {
 public:
  // REQUIRES: `session` is connected and outlives the stream. The config's format and file name are the stream's.
  LearnStream(Session* session, v1::ImportConfig config) : session_(session), config_(std::move(config)) {}
  ~LearnStream() override;
  LearnStream(const LearnStream&) = delete;
  LearnStream& operator=(const LearnStream&) = delete;

  // Sends a unit. Error: the server's, which ends the stream; what was stored before stays.
  absl::Status Add(const Unit& unit, uint64_t line);
  // Waits until all is stored. No calls after it. Error: as Add.
  absl::Status Finish();

  // After Finish: what became of the units, and those that the server refused.
  const v1::ImportCounts& counts() const { return counts_; }
  const std::vector<Refusal>& refusals() const { return refusals_; }

 private:
  absl::Status Begin();
  absl::Status Write(std::string_view bytes) override;
  absl::Status Flush();
  void ReadAnswers();

  Session* const session_;
  const v1::ImportConfig config_;
  std::unique_ptr<v1::Transfer::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ImportRequest, v1::ImportResponse>> stream_;
  std::unique_ptr<UnitWriter> writer_;
  std::thread reader_;
  std::string pending_;          // bytes not sent yet
  std::vector<uint64_t> lines_;  // of the units, in the order sent
  bool finished_ = false;
  // The reading thread's until it is joined.
  v1::ImportCounts counts_;
  std::vector<Refusal> refusals_;
  bool done_ = false;
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_LEARN_STREAM_H_
