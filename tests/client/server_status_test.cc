#include "client/server_status.h"

#include <gtest/gtest.h>

#include "server/status.h"

namespace reprise::client {
namespace {

std::string Shown(const absl::Status& sent) {
  const absl::Status shown = FromGrpc(ToGrpcStatus(sent));
  EXPECT_EQ(shown.code(), sent.code());
  EXPECT_EQ(MessageOf(FromRpc(ToRpcStatus(sent))), MessageOf(shown));
  return MessageOf(shown);
}

TEST(ServerStatusTest, NamesTheOptionBesideTheField) {
  EXPECT_EQ(Shown(FieldError("options.threshold", "is 101")), "options.threshold (--threshold): is 101");
  EXPECT_EQ(Shown(FieldError("query.source_locale", "is empty")), "query.source_locale (--from): is empty");
  EXPECT_EQ(Shown(FieldError("memories[1].name", "is bad")), "memories[1].name (--memory): is bad");
  EXPECT_EQ(Shown(FieldError("config.parent", "is bad")), "config.parent (--memory): is bad");
}

TEST(ServerStatusTest, LeavesWhatIsNoOptionAsItIs) {
  EXPECT_EQ(Shown(FieldError("items[0].unit.source_locale", "is bad")), "items[0].unit.source_locale: is bad");
  EXPECT_EQ(Shown(Internal("broken")), "broken");
  EXPECT_EQ(MessageOf(FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""))), "the server gave no reason");
}

TEST(ServerStatusTest, AnUnknownMemorySaysWhatToDo) {
  EXPECT_EQ(
      Shown(WithReason(NotFound("memory \"x\" does not exist"), "MEMORY_NOT_FOUND")),
      "memory \"x\" does not exist; `reprise memory list` names those that do, `reprise memory create NAME` makes "
      "one");
}

}  // namespace
}  // namespace reprise::client
