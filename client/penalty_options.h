// Points of penalties as the command line says them: `--penalty machine=10,draft=0`.
//
//   RETURN_IF_ERROR(FillPenalties({"machine=10"}, lookup->mutable_penalties()));
//   for (const auto& [name, points] : PointsOf(lookup.penalties())) ...
//
// Safe to call concurrently.
#ifndef REPRISE_CLIENT_PENALTY_OPTIONS_H_
#define REPRISE_CLIENT_PENALTY_OPTIONS_H_

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "reprise/v1/matches.pb.h"

namespace reprise::client {

// A number with an optional sign and up to six digits; false if `text` is none.
bool ReadNumber(const std::string& text, int* out);

// Sets the points that were given, each as NAME=POINTS; ranges are the server's to check. Error: INVALID_ARGUMENT that
// names the option and the penalties that there are. If `memory` is not null, "memory=POINTS" goes there: what is taken
// off all matches of a memory.
absl::Status FillPenalties(const std::vector<std::string>& penalties, v1::PenaltyTable* out, int* memory = nullptr);

// The points that are set, in the order of the fields.
std::vector<std::pair<std::string, int>> PointsOf(const v1::PenaltyTable& table);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_PENALTY_OPTIONS_H_
