#include "client/server_status.h"

#include <string>
#include <string_view>

#include "google/rpc/error_details.pb.h"

namespace reprise::client {
namespace {

struct OptionOfField {
  std::string_view field;
  std::string_view option;
};

constexpr OptionOfField kOptions[] = {
    {"query.content.text", "the text"},
    {"query.source_locale", "--from"},
    {"query.target_locale", "--to"},
    {"options.threshold", "--threshold"},
    {"options.floor", "--floor"},
    {"options.max_results", "--max-results"},
    {"source_locale", "--from"},
    {"target_locale", "--to"},
    {"format", "--format"},
    {"without_ids", "--no-ids"},
    {"config.parent", "--memory"},
    {"config.source_locale", "--from"},
    {"config.target_locale", "--to"},
    {"parent", "--memory"},
    {"memory_id", "NAME"},
    {"profile_id", "NAME"},
    {"profile", "--profile"},
    {"profile.lookup.threshold", "--threshold"},
    {"profile.lookup.floor", "--floor"},
    {"profile.lookup.max_results", "--max-results"},
    {"memory.defaults.penalty", "--penalty memory=POINTS"},
};

std::string_view OptionOf(std::string_view field) {
  for (const OptionOfField& known : kOptions) {
    if (field == known.field) return known.option;
  }
  for (std::string_view memories : {"memories", "profile.memories"}) {
    if (field.substr(0, memories.size()) == memories) return "--memory";
  }
  for (std::string_view penalties : {"profile.lookup.penalties", "memory.defaults.penalties"}) {
    if (field.substr(0, penalties.size()) == penalties) return "--penalty";
  }
  return "";
}

// "<field>: problem" -> "<field> (<option>): problem".
std::string WithOption(std::string message, const std::string& field) {
  const std::string_view option = OptionOf(field);
  if (!option.empty() && message.compare(0, field.size() + 2, field + ": ") == 0) {
    message.insert(field.size(), " (" + std::string(option) + ")");
  }
  return message;
}

}  // namespace

absl::Status FromRpc(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  std::string message = status.message().empty() ? "the server gave no reason" : status.message();
  std::string reason;
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&info)) {
      reason = info.reason();
    } else if (detail.UnpackTo(&bad) && bad.field_violations_size() > 0) {
      message = WithOption(std::move(message), bad.field_violations(0).field());
    }
  }
  if (reason == "MEMORY_NOT_FOUND") {
    message += "; `reprise memory list` names those that do, `reprise memory create NAME` makes one";
  }
  return MakeStatus(static_cast<absl::StatusCode>(status.code()), message);
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rpc;
  if (!rpc.ParseFromString(status.error_details()) || rpc.code() != status.error_code()) {
    rpc.Clear();
    rpc.set_code(status.error_code());
    rpc.set_message(status.error_message());
  }
  return FromRpc(rpc);
}

}  // namespace reprise::client
