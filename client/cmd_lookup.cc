// reprise lookup
#include <deque>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "client/command.h"
#include "client/lookup_options.h"
#include "client/lookup_pipeline.h"
#include "client/match_output.h"
#include "client/names.h"
#include "client/utf8.h"

namespace reprise::client {
namespace {

// The server's; said in the help, not sent.
constexpr int kDefaultThreshold = 70;
// A query that failed is quoted up to here.
constexpr size_t kMaxQuotedPoints = 200;

struct LookupCommand {
  LookupArguments arguments;
  std::string to;
  std::string text;
  std::string input;
};

// The queries of a run, one after the other: the text of the command line, or the lines of a file.
class Queries {
 public:
  absl::Status Open(const LookupCommand& command) {
    if (command.input.empty()) {
      text_ = command.text;
      return absl::OkStatus();
    }
    if (command.input == "-") {
      stream_ = &std::cin;
      return absl::OkStatus();
    }
    file_.open(command.input, std::ios::binary);
    if (!file_) return NotFound("cannot open " + command.input + "; does it exist, and may you read it?");
    stream_ = &file_;
    return absl::OkStatus();
  }

  std::optional<std::string> Next() {
    if (stream_ == nullptr) return std::exchange(text_, std::nullopt);
    std::string line;
    if (!std::getline(*stream_, line)) return std::nullopt;
    if (std::exchange(first_, false) && line.compare(0, 3, "\xEF\xBB\xBF") == 0) line.erase(0, 3);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
  }

  // True if reading ended for another reason than the end of the file.
  bool Failed() const { return stream_ != nullptr && stream_->bad(); }

 private:
  std::optional<std::string> text_;
  std::ifstream file_;
  std::istream* stream_ = nullptr;
  bool first_ = true;
};

// Runs the queries through one stream and prints each answer as it comes.
class LookupRun {
 public:
  LookupRun(Session* session, const LookupCommand& command) : session_(session), command_(command) {}

  absl::Status Run() {
    RETURN_IF_ERROR(queries_.Open(command_));
    RETURN_IF_ERROR(FillLookup(command_.arguments, &first_));
    RETURN_IF_ERROR(session_->Connect());
    LookupPipeline pipeline(session_);
    RETURN_IF_ERROR(pipeline.Run([this](v1::LookupStreamRequest* request) { return Fill(request); },
                                 [this](const v1::LookupStreamResponse& answer) { return Take(answer); }));
    if (queries_.Failed()) return MakeStatus(absl::StatusCode::kUnknown, "cannot read " + command_.input);
    RETURN_IF_ERROR(FlushLocal());
    if (failed_ == 0) return absl::OkStatus();
    if (command_.input.empty()) return last_error_;
    return InvalidArgument(std::to_string(failed_) + " of " + std::to_string(printed_) +
                           " queries failed; the last: " + MessageOf(last_error_));
  }

 private:
  // A query that was asked, or one that is answered here: a blank line, or one that is not text.
  struct Pending {
    Asked asked;
    bool local = false;
    absl::Status status;
  };

  bool Fill(v1::LookupStreamRequest* request) {
    for (;;) {
      std::optional<std::string> query = queries_.Next();
      if (!query) return false;
      Pending pending{{*query, command_.arguments.from, command_.to}, false, absl::OkStatus()};
      const bool blank = !command_.input.empty() && query->find_first_not_of(" \t") == std::string::npos;
      if (!IsUtf8(*query)) pending.status = FieldError("query.content.text", "is not valid UTF-8; convert it first");
      pending.local = blank || !pending.status.ok();
      const bool local = pending.local;
      std::lock_guard<std::mutex> lock(mutex_);
      pending_.push_back(std::move(pending));
      if (local) continue;
      if (!std::exchange(configured_, true)) *request = first_;
      request->mutable_query()->mutable_content()->set_text(*query);
      request->mutable_query()->set_source_locale(command_.arguments.from);
      request->mutable_query()->set_target_locale(command_.to);
      return true;
    }
  }

  std::optional<Pending> Pop(bool only_local) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (pending_.empty() || (only_local && !pending_.front().local)) return std::nullopt;
    Pending pending = std::move(pending_.front());
    pending_.pop_front();
    return pending;
  }

  // Prints the queries at the front that the server was not asked.
  absl::Status FlushLocal() {
    while (std::optional<Pending> pending = Pop(true)) RETURN_IF_ERROR(Show(*pending, {}));
    return absl::OkStatus();
  }

  absl::Status Take(const v1::LookupStreamResponse& answer) {
    RETURN_IF_ERROR(FlushLocal());
    std::optional<Pending> pending = Pop(false);
    if (!pending) return Internal("the server answered a query that was not asked");
    pending->status = AnswerStatus(answer);
    return Show(*pending, answer.response());
  }

  absl::Status Show(const Pending& pending, const v1::LookupResponse& response) {
    ++printed_;
    if (!pending.status.ok()) {
      ++failed_;
      last_error_ = pending.status;
      if (session_->json()) return session_->PrintLine(LookupErrorJson(pending.asked, pending.status));
      if (command_.input.empty()) return absl::OkStatus();  // the error is the command's
      const std::string_view shown = SliceCodePoints(pending.asked.query, 0, kMaxQuotedPoints);
      const char* cut = shown.size() < pending.asked.query.size() ? "…" : "";
      return session_->Print(Printable(shown) + cut + "\n  failed: " + Printable(MessageOf(pending.status)) + "\n");
    }
    if (session_->json()) return session_->PrintLine(LookupJson(pending.asked, response));
    if (pending.local) return absl::OkStatus();  // a blank line
    return session_->Print(LookupText(pending.asked, response, session_->out()));
  }

  Session* session_;
  const LookupCommand& command_;
  Queries queries_;
  std::mutex mutex_;
  std::deque<Pending> pending_;    // guarded by mutex_
  v1::LookupStreamRequest first_;  // where and how
  bool configured_ = false;        // the writing thread's
  uint64_t printed_ = 0;
  uint64_t failed_ = 0;
  absl::Status last_error_;
};

absl::Status CheckAndRun(Session* session, const LookupCommand& command) { return LookupRun(session, command).Run(); }

}  // namespace

void AddLookupCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<LookupCommand>();
  CLI::App* verb =
      app->add_subcommand("lookup", "Look texts up: what was translated before and resembles them")->fallthrough();
  AddLookupArguments(verb, kDefaultThreshold, &command->arguments);
  verb->add_flag("--total", command->arguments.total, "Also count all matches at or above the threshold (slower)");
  verb->add_flag("--explain-plan", command->arguments.explain_plan,
                 "Also say what the search did: lists, postings and candidates of each stage, and its time");
  verb->add_flag(
      "--fragments", command->arguments.fragments,
      "If nothing matches, also show stored segments that are part of the text, and parts\nof it that stored "
      "segments hold");
  verb->add_flag("--always-fragments", command->arguments.always_fragments, "The same, whatever matches");
  verb->add_flag("--assemble", command->arguments.assemble,
                 "If no match is found for a text of several sentences, put one together from theirs");
  verb->add_option("--to", command->to, "Locale of the translations")->type_name("LOCALE")->required();
  auto* text = verb->add_option("TEXT", command->text, "The text");
  auto* input = verb->add_option("--input", command->input,
                                 "A file with one query a line (- for stdin); a blank line "
                                 "has no match")
                    ->type_name("FILE");
  text->excludes(input);
  verb->footer(
      "Edits lead from the text asked for to the stored source: [-only asked for-]{+only stored+}.\n"
      "With --json one object a query and line; \"total\" is null without --total; \"error\" if it failed.");
  verb->callback([=] {
    RequireWhere(command->arguments.where);
    if (text->count() + input->count() == 0) throw CLI::RequiredError("TEXT or --input FILE");
    invocation->action = [=](Session* session) { return CheckAndRun(session, *command); };
  });
}

}  // namespace reprise::client
