#include "client/penalty_options.h"

namespace reprise::client {

bool ReadNumber(const std::string& text, int* out) {
  const size_t sign = !text.empty() && text[0] == '-' ? 1 : 0;
  if (text.size() == sign || text.size() > sign + 6 || text.find_first_not_of("0123456789", sign) != text.npos) {
    return false;
  }
  *out = std::stoi(text);
  return true;
}

absl::Status FillPenalties(const std::vector<std::string>& penalties, v1::PenaltyTable* out, int* memory) {
  const auto* descriptor = v1::PenaltyTable::descriptor();
  for (const std::string& penalty : penalties) {
    const size_t equals = penalty.find('=');
    const std::string name = penalty.substr(0, equals);
    const auto* field = descriptor->FindFieldByName(name);
    const bool whole = memory != nullptr && name == "memory";
    int points = 0;
    if ((field == nullptr && !whole) || equals == std::string::npos ||
        !ReadNumber(penalty.substr(equals + 1), &points)) {
      std::string names = memory != nullptr ? "memory" : "";
      for (int i = 0; i < descriptor->field_count(); ++i) {
        names += (names.empty() ? "" : ", ") + descriptor->field(i)->name();
      }
      return InvalidArgument("--penalty: '" + penalty + "' is not NAME=POINTS, the names being " + names);
    }
    if (whole) {
      *memory = points;
    } else {
      v1::PenaltyTable::GetReflection()->SetInt32(out, field, points);
    }
  }
  return absl::OkStatus();
}

std::vector<std::pair<std::string, int>> PointsOf(const v1::PenaltyTable& table) {
  std::vector<std::pair<std::string, int>> out;
  const auto* descriptor = v1::PenaltyTable::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (!table.GetReflection()->HasField(table, field)) continue;
    out.emplace_back(field->name(), table.GetReflection()->GetInt32(table, field));
  }
  return out;
}

}  // namespace reprise::client
