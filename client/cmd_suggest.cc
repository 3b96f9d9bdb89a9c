// reprise suggest
#include <memory>
#include <vector>

#include "client/command.h"
#include "client/filter_options.h"
#include "client/names.h"
#include "client/utf8.h"
#include "client/where_options.h"
#include "reprise/v1/matches.grpc.pb.h"

namespace reprise::client {
namespace {

struct SuggestCommand {
  WhereOptions where;
  FilterOptions filter;
  std::string text, from, to, prefix;
  int threshold = 0, max_results = 0;  // sent only if given: the server has the defaults and checks the ranges
  CLI::Option* threshold_option = nullptr;
  CLI::Option* max_results_option = nullptr;
};

v1::SuggestRequest RequestOf(const SuggestCommand& command) {
  v1::SuggestRequest request;
  FillWhere(command.where, &request);
  request.mutable_query()->mutable_content()->set_text(command.text);
  request.mutable_query()->set_source_locale(command.from);
  request.mutable_query()->set_target_locale(command.to);
  request.set_prefix(command.prefix);
  if (command.threshold_option->count() > 0) request.mutable_options()->set_threshold(command.threshold);
  if (command.max_results_option->count() > 0) request.mutable_options()->set_max_results(command.max_results);
  return request;
}

std::string CompletionJson(const v1::Completion& completion) {
  JsonWriter json;
  json.BeginObject().Key("append").String(completion.append()).Key("text").String(completion.text());
  json.Key("whole").Bool(completion.whole()).Key("words").Number(completion.words());
  json.Key("origin").String(CompletionOriginWord(completion.origin())).Key("score").Number(completion.score());
  json.Key("unit").String(ShortUnit(completion.unit())).Key("memory").String(ShortMemory(completion.memory()));
  return json.EndObject().text();
}

absl::Status Run(Session* session, const SuggestCommand& command) {
  if (!IsUtf8(command.text)) return FieldError("TEXT", "is not valid UTF-8; convert it first");
  if (!IsUtf8(command.prefix)) return FieldError("--prefix", "is not valid UTF-8; convert it first");
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Matches::NewStub(session->channel());
  v1::SuggestRequest request = RequestOf(command);
  RETURN_IF_ERROR(SetFilter(command.filter, request.mutable_options()));
  v1::SuggestResponse response;
  RETURN_IF_ERROR(FromGrpc(stub->Suggest(session->NewContext().get(), request, &response)));
  for (const v1::Completion& completion : response.completions()) {
    if (session->json()) {
      RETURN_IF_ERROR(session->PrintLine(CompletionJson(completion)));
      continue;
    }
    const std::string score = completion.score() > 0 ? " " + std::to_string(completion.score()) : "";
    const std::string from = std::string(CompletionOriginWord(completion.origin())) + score + " · memory " +
                             Printable(ShortMemory(completion.memory())) + " · unit " +
                             Printable(ShortUnit(completion.unit()));
    RETURN_IF_ERROR(session->PrintLine(session->out().Paint(Style::kBold, Printable(completion.text())) + "  " +
                                       session->out().Paint(Style::kDim, from)));
  }
  if (response.completions().empty() && !session->json()) return session->PrintLine("nothing goes on from there");
  return absl::OkStatus();
}

}  // namespace

void AddSuggestCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<SuggestCommand>();
  CLI::App* verb = app->add_subcommand("suggest", "Complete a translation that is being typed")->fallthrough();
  verb->add_option("TEXT", command->text, "The source text that is being translated")->required();
  AddWhereOptions(verb, "The memory; several: the first wins where they hold the same match", &command->where);
  verb->add_option("--from", command->from, "Locale of the text")->type_name("LOCALE")->required();
  verb->add_option("--to", command->to, "Locale of the translation")->type_name("LOCALE")->required();
  verb->add_option("--prefix", command->prefix, "What was typed so far, up to the cursor (default: nothing)")
      ->type_name("TYPED");
  command->threshold_option =
      verb->add_option("--threshold", command->threshold, "Lowest score of a match that is used, 1 to 100 (default 50)")
          ->type_name("N");
  command->max_results_option =
      verb->add_option("--max-results", command->max_results, "At most so many completions, 1 to 50 (default 8)")
          ->type_name("N");
  AddFilterOptions(verb, &command->filter);
  verb->footer(
      "The best first, each with the word under way. With --json one object a completion and line: \"append\" is what\n"
      "comes behind the cursor.");
  verb->callback([=] {
    RequireWhere(command->where);
    invocation->action = [=](Session* session) { return Run(session, *command); };
  });
}

}  // namespace reprise::client
