#include "client/lookup_options.h"

#include "client/names.h"

namespace reprise::client {

void AddLookupArguments(CLI::App* verb, int default_threshold, LookupArguments* arguments) {
  verb->add_option("--memory", arguments->memories,
                   "The memory; several: the first wins where they hold the same match")
      ->type_name("NAME")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false);  // the TEXT or FILE that may follow is not a memory
  verb->add_option("--from", arguments->from, "Locale of the text")->type_name("LOCALE")->required();
  arguments->threshold_option =
      verb->add_option("--threshold", arguments->threshold,
                       "Lowest score, 1 to 100 (default " + std::to_string(default_threshold) + ")")
          ->type_name("N");
  arguments->floor_option = verb->add_option("--floor", arguments->floor,
                                             "If too few are found, fill up with weaker ones down to this score,\n1 to "
                                             "the threshold (default: do not)")
                                ->type_name("N");
  arguments->max_results_option =
      verb->add_option("--max-results", arguments->max_results, "At most so many matches, 1 to 1,000 (default 5)")
          ->type_name("N");
  verb->add_flag("--adapt", arguments->adapt,
                 "Fit initial case, end marks and outer white space of the translations to the text");
  verb->add_option("--order", arguments->order,
                   "score (default; what translators expect) or relevance (for programs\nthat fetch examples)")
      ->check(CLI::IsMember({"score", "relevance"}));
}

void FillLookup(const LookupArguments& arguments, v1::LookupStreamRequest* request) {
  int priority = 0;
  for (const std::string& memory : arguments.memories) {
    v1::MemoryRef* ref = request->add_memories();
    ref->set_name(MemoryName(memory));
    ref->set_priority(priority++);
  }
  v1::LookupOptions* options = request->mutable_options();
  const auto given = [](const CLI::Option* option) { return option != nullptr && option->count() > 0; };
  if (given(arguments.threshold_option)) options->set_threshold(arguments.threshold);
  if (given(arguments.floor_option)) options->set_floor(arguments.floor);
  if (given(arguments.max_results_option)) options->set_max_results(arguments.max_results);
  if (arguments.order == "score") options->set_order(v1::MATCH_ORDER_SCORE);
  if (arguments.order == "relevance") options->set_order(v1::MATCH_ORDER_RELEVANCE);
  options->set_want_total(arguments.total);
  options->set_adapt(arguments.adapt);
  options->set_explain_plan(arguments.explain_plan);
  if (arguments.fragments) options->set_fragments(v1::FRAGMENT_MODE_IF_NO_MATCH);
  if (arguments.always_fragments) options->set_fragments(v1::FRAGMENT_MODE_ALWAYS);
  options->set_assemble(arguments.assemble);
}

}  // namespace reprise::client
