// Shorter forms that a text may use for a name it has given in full.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partnergraph {

// Short forms of an organization's name, in normalized characters: without its legal form
// (X有限公司 -> X), without the place before or in it, down to the brand; English names without
// "Inc." and words like "Group", and their initials. The name itself is not among them. Forms that
// are common words are left out.
std::vector<std::u32string> OrganizationShortForms(std::u32string_view name);

// The form by which names are compared: lower case, no white space or marks around.
std::u32string NameKey(std::u32string_view name);

}  // namespace partnergraph
