#include "client/learn_stream.h"

#include <algorithm>

namespace reprise::client {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

}  // namespace

LearnStream::~LearnStream() {
  if (stream_ == nullptr || finished_) return;
  context_->TryCancel();
  reader_.join();
  (void)stream_->Finish();
}

absl::Status LearnStream::Begin() {
  // JSON Lines holds all that a unit says, and a line is a unit: the server's refusals can be led back.
  ASSIGN_OR_RETURN(writer_, NewUnitWriter(Format::kJsonl, {}, this));
  stub_ = v1::Transfer::NewStub(session_->channel());
  context_ = session_->NewStreamContext();
  stream_ = stub_->Import(context_.get());
  reader_ = std::thread([this] { ReadAnswers(); });
  v1::ImportRequest request;
  *request.mutable_config() = config_;
  request.mutable_config()->set_format(v1::FORMAT_JSONL);
  stream_->Write(request);
  return absl::OkStatus();
}

absl::Status LearnStream::Add(const Unit& unit, uint64_t line) {
  if (stream_ == nullptr) {
    RETURN_IF_ERROR(Begin());
  }
  lines_.push_back(line);
  RETURN_IF_ERROR(writer_->Write(unit));
  return pending_.size() < kChunkBytes ? absl::OkStatus() : Flush();
}

absl::Status LearnStream::Write(std::string_view bytes) {
  pending_ += bytes;
  return absl::OkStatus();
}

absl::Status LearnStream::Flush() {
  v1::ImportRequest request;
  for (size_t at = 0; at < pending_.size(); at += kChunkBytes) {
    const size_t size = std::min(kChunkBytes, pending_.size() - at);
    request.set_chunk(pending_.data() + at, size);
    // The stream is gone; Finish says why.
    if (!stream_->Write(request)) return MakeStatus(absl::StatusCode::kUnavailable, "the server ended the call");
  }
  pending_.clear();
  return absl::OkStatus();
}

absl::Status LearnStream::Finish() {
  if (stream_ == nullptr || finished_) return absl::OkStatus();
  absl::Status sent = writer_->Finish();
  if (sent.ok()) sent = Flush();
  finished_ = true;
  stream_->WritesDone();
  reader_.join();
  const absl::Status ended = FromGrpc(stream_->Finish());
  // The reading thread knew no lines: this one was still adding some.
  for (Refusal& refusal : refusals_) {
    refusal.line = refusal.line >= 1 && refusal.line <= lines_.size() ? lines_[refusal.line - 1] : 0;
  }
  RETURN_IF_ERROR(ended);
  RETURN_IF_ERROR(sent);
  return done_ ? absl::OkStatus() : Internal("the server ended the call without a report");
}

void LearnStream::ReadAnswers() {
  v1::ImportResponse response;
  while (stream_->Read(&response)) {
    counts_ = response.counts();
    done_ = response.done();
    for (const v1::ImportRefusal& refusal : response.refusals()) {
      refusals_.push_back({refusal.line(), refusal.unit(), refusal.reason()});
    }
  }
}

}  // namespace reprise::client
