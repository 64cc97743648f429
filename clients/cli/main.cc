#include "clients/cli/cli.h"

int main(int argc, char** argv) { return static_cast<int>(partnergraph::cli::Run(argc, argv)); }
