package platform

import (
	"os"

	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/services/internal/config"
)

// Settings sets the flags that were not on the command line from the
// environment, OPENBOOK_NATS for --nats, and then from a YAML file, unless its
// name is empty. Its error names the place of each mistake.
func Settings(flags *pflag.FlagSet, file string) error {
	return config.Apply(flags, file, os.LookupEnv)
}

// Secret defines a string flag that is better not typed where others can read
// it, and <name>-file beside it, for Settings to read it from.
func Secret(flags *pflag.FlagSet, name, usage string) *string {
	return config.Secret(flags, name, usage)
}
