// Package config sets a command's flags from where operators keep them: the
// command line before the environment before a YAML file before the default.
// A flag has one name in all of them: --nats-url, OPENBOOK_NATS_URL, nats-url.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// Prefix begins every environment variable that sets a flag.
const Prefix = "OPENBOOK_"

// Apply sets the flags that were not on the command line, which has been parsed
// already. The file is not read when its name is empty; env is [os.LookupEnv] in
// a command. A key in the file that is no flag, a value that does not fit, and a
// secret given twice by one source are errors, which name the place. A flag's
// Changed says afterwards whether any source gave it.
func Apply(flags *pflag.FlagSet, file string, env func(string) (string, bool)) error {
	inFile, err := fromFile(flags, file)
	if err != nil {
		return err
	}
	given := map[string]setting{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = setting{where: "--" + f.Name} })
	if err := once(flags, given); err != nil {
		return err
	}
	for _, source := range []map[string]setting{fromEnv(flags, env), inFile} {
		if err := errors.Join(once(flags, source), set(flags, source, given)); err != nil {
			return err
		}
	}
	return readSecrets(flags, given)
}

// setting is a flag's value as one source gives it.
type setting struct {
	value  string
	values []string // of a list, in place of value
	where  string   // "OPENBOOK_NATS_URL", "openbook.yaml:3"
}

func fromEnv(flags *pflag.FlagSet, env func(string) (string, bool)) map[string]setting {
	found := map[string]setting{}
	flags.VisitAll(func(f *pflag.Flag) {
		name := Prefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value, ok := env(name); ok && settable(f) {
			found[f.Name] = setting{value: value, where: name}
		}
	})
	return found
}

// settable excludes the flags that are about the command line itself.
func settable(f *pflag.Flag) bool { return f.Name != "config" && f.Name != "help" }

// set gives flags what source says, unless a stronger one has spoken: of the
// flag itself, or of the secret it is the other way of giving.
func set(flags *pflag.FlagSet, source, given map[string]setting) error {
	var errs []error
	fresh := map[string]setting{}
	for name, s := range source {
		if _, stronger := given[name]; stronger {
			continue
		}
		if _, stronger := given[twin(flags, name)]; stronger {
			continue
		}
		if err := s.into(flags.Lookup(name), flags); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.where, err))
		}
		fresh[name] = s
	}
	for name, s := range fresh {
		given[name] = s
	}
	return errors.Join(errs...)
}

func (s setting) into(f *pflag.Flag, flags *pflag.FlagSet) error {
	if s.values == nil {
		return flags.Set(f.Name, s.value)
	}
	list, ok := f.Value.(pflag.SliceValue)
	if !ok {
		return fmt.Errorf("%s takes one value, not a list", f.Name)
	}
	f.Changed = true
	return list.Replace(s.values)
}

// fileOf marks the flag that names a secret's file.
const fileOf = "config_file_of"

const maxSecret = 64 << 10 // bytes

// Secret defines a string flag that should not be typed where others can read
// it, and beside it <name>-file, which names a file to read it from: as
// Kubernetes and Docker hand secrets out. A last line break is not part of it.
func Secret(flags *pflag.FlagSet, name, usage string) *string {
	secret := flags.String(name, "", usage+" (better: --"+name+"-file)")
	flags.String(name+"-file", "", "`file` to read --"+name+" from")
	flags.Lookup(name + "-file").Annotations = map[string][]string{fileOf: {name}}
	return secret
}

// secretOf is the flag whose value f's file holds, or empty.
func secretOf(f *pflag.Flag) string {
	if f == nil || f.Annotations[fileOf] == nil {
		return ""
	}
	return f.Annotations[fileOf][0]
}

// twin is the other way of giving a secret, or empty.
func twin(flags *pflag.FlagSet, name string) string {
	if secret := secretOf(flags.Lookup(name)); secret != "" {
		return secret
	}
	if secretOf(flags.Lookup(name+"-file")) == name {
		return name + "-file"
	}
	return ""
}

// once refuses a secret that one source gives both ways.
func once(flags *pflag.FlagSet, source map[string]setting) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		file, byFile := source[f.Name]
		direct, both := source[secretOf(f)]
		if byFile && both {
			err = errors.Join(err, fmt.Errorf("%s and %s both give the same secret: give one", direct.where, file.where))
		}
	})
	return err
}

func readSecrets(flags *pflag.FlagSet, given map[string]setting) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := secretOf(f)
		from, ok := given[f.Name]
		if name == "" || !ok {
			return
		}
		secret, err := readSecret(f.Value.String())
		if err == nil {
			err = flags.Set(name, secret)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", from.where, err))
		}
	})
	return errors.Join(errs...)
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if secret == "" || len(text) > maxSecret {
		return "", fmt.Errorf("%s holds %d bytes: a secret has at least 1 and at most %d", path, len(text), maxSecret)
	}
	return secret, nil
}
