#include "server/status.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/wire.h"

namespace reprise {
namespace {

TEST(StatusTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToRpcStatus(absl::OkStatus()).ByteSizeLong(), 0u);
}

TEST(StatusTest, AllCodesKeepTheirNumber) {
  for (int code = 1; code <= 16; ++code) {
    const grpc::Status status = ToGrpcStatus(MakeStatus(static_cast<absl::StatusCode>(code), "m"));
    EXPECT_EQ(static_cast<int>(status.error_code()), code);
    EXPECT_EQ(status.error_message(), "m");
  }
}

TEST(StatusTest, DetailsNameReasonAndField) {
  const grpc::Status status = ToGrpcStatus(WithReason(FieldError("query.content.text", "is empty"), "EMPTY_TEXT"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status rpc;
  ASSERT_TRUE(rpc.ParseFromString(status.error_details()));
  EXPECT_EQ(rpc.code(), 3);
  EXPECT_EQ(rpc.message(), "query.content.text: is empty");
  ASSERT_EQ(rpc.details_size(), 2);
  EXPECT_EQ(rpc.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(rpc.details(1).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(rpc.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "EMPTY_TEXT");
  EXPECT_EQ(info.domain(), "reprise");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(rpc.details(1).UnpackTo(&bad));
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "query.content.text");
}

TEST(StatusTest, WithoutReasonTheCodeIsTheReason) {
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(ToRpcStatus(NotFound("no")).details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "NOT_FOUND");
}

TEST(StatusTest, LongAndBrokenMessagesAreBoundedAndMended) {
  std::string message(kMaxStatusMessageBytes - 1, 'a');
  message += "\xC3\xA4 more \xFF";
  const grpc::Status status = ToGrpcStatus(Internal(message));
  EXPECT_EQ(status.error_message(), std::string(kMaxStatusMessageBytes - 1, 'a'));
  EXPECT_EQ(ToGrpcStatus(Internal("a\xFFz")).error_message(), "a?z");
}

TEST(StatusTest, GoesThereAndBack) {
  const absl::Status in = WithReason(FieldError("items[2].unit", "is bad"), "BAD");
  const absl::Status out = FromGrpcStatus(ToGrpcStatus(in));
  EXPECT_EQ(out.code(), in.code());
  EXPECT_EQ(MessageOf(out), MessageOf(in));
  EXPECT_EQ(FieldOf(out), "items[2].unit");
  EXPECT_EQ(ReasonOf(out), "BAD");
  EXPECT_EQ(MessageOf(FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone"))), "gone");
}

// gRPC hands small messages over in one piece and large ones in several.
TEST(WireTest, MessagesAreReadInOnePieceAndInSeveral) {
  google::rpc::Status message;
  message.set_code(5);
  message.set_message(std::string(100, 'x'));
  const grpc::ByteBuffer whole = SerializeMessage(message);
  const std::string bytes = BufferBytes(whole);
  EXPECT_EQ(bytes, message.SerializeAsString());
  const std::vector<grpc::Slice> pieces = {grpc::Slice(bytes.substr(0, 7)), grpc::Slice(bytes.substr(7))};
  const grpc::ByteBuffer split(pieces.data(), pieces.size());
  for (const grpc::ByteBuffer* buffer : {&whole, &split}) {
    google::rpc::Status read;
    ASSERT_TRUE(ParseMessage(*buffer, &read).ok());
    EXPECT_EQ(read.SerializeAsString(), bytes);
  }
  const std::vector<grpc::Slice> broken = {grpc::Slice(std::string("\x12\x02")), grpc::Slice(std::string("\xff\xfe"))};
  google::rpc::Status read;
  EXPECT_EQ(FieldOf(ParseMessage(grpc::ByteBuffer(broken.data(), broken.size()), &read)), "message");
}

TEST(WireTest, AnEmptyMessageIsAMessage) {
  const grpc::ByteBuffer buffer = SerializeMessage(google::rpc::Status());
  EXPECT_EQ(buffer.Length(), 0u);
  google::rpc::Status read;
  EXPECT_TRUE(ParseMessage(buffer, &read).ok());
  EXPECT_FALSE(ParseMessage(grpc::ByteBuffer(), &read).ok());
}

TEST(Utf8Test, TellsWellFormedFromNot) {
  for (const char* good :
       {"", "a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
  EXPECT_EQ(ReplaceBadUtf8("\xC3\xA4\xFF\xE2\x82z"), "\xC3\xA4???z");
}

}  // namespace
}  // namespace reprise
