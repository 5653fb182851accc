package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/ics-openbook/openbook/services/internal/config"
)

// settings are flags of every kind a command here has.
type settings struct {
	flags  *pflag.FlagSet
	url    *string
	dir    *string
	port   *int
	quiet  *bool
	wait   *time.Duration
	hosts  *[]string
	secret *string
}

func parse(t *testing.T, args ...string) settings {
	t.Helper()
	fs := pflag.NewFlagSet("openbook", pflag.ContinueOnError)
	fs.String("config", "", "")
	s := settings{
		fs, fs.String("nats-url", "nats://default", ""), fs.String("dir", "data", ""), fs.Int("port", 8080, ""),
		fs.Bool("quiet", false, ""), fs.Duration("wait", time.Second, ""), fs.StringSlice("hosts", nil, ""), config.Secret(fs, "password", "of NATS"),
	}
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return s
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "openbook.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, pair := range pairs {
			if key, value, _ := strings.Cut(pair, "="); key == name {
				return value, true
			}
		}
		return "", false
	}
}

func TestTheStrongerSourceWins(t *testing.T) {
	s := parse(t, "--port=1")
	err := config.Apply(s.flags, file(t, "port: 3\nnats-url: nats://file\ndir: file\n"),
		env("OPENBOOK_PORT=2", "OPENBOOK_NATS_URL=nats://env"))
	if err != nil {
		t.Fatal(err)
	}
	if *s.port != 1 || *s.url != "nats://env" || *s.dir != "file" || *s.wait != time.Second {
		t.Errorf("port %d, url %s, dir %s, wait %s", *s.port, *s.url, *s.dir, *s.wait)
	}
	for name, given := range map[string]bool{"port": true, "nats-url": true, "dir": true, "wait": false} {
		if s.flags.Changed(name) != given {
			t.Errorf("Changed(%s) is %t", name, !given)
		}
	}
}

func TestFileHoldsEveryKind(t *testing.T) {
	s := parse(t)
	err := config.Apply(s.flags, file(t, `# comments are for people
nats-url: "nats://a:4222"   # so are these
dir: 0700
port: -5
quiet: true
wait: 1m30s
hosts:
  - one
  - two,three
password: |
  with
  lines
`), env())
	if err != nil {
		t.Fatal(err)
	}
	if *s.url != "nats://a:4222" || *s.dir != "0700" || *s.port != -5 || !*s.quiet || *s.wait != 90*time.Second ||
		!slices.Equal(*s.hosts, []string{"one", "two,three"}) || *s.secret != "with\nlines\n" {
		t.Errorf("%q %q %d %t %s %q %q", *s.url, *s.dir, *s.port, *s.quiet, *s.wait, *s.hosts, *s.secret)
	}
	if err := config.Apply(parse(t).flags, file(t, "port: 1"), env()); err != nil {
		t.Errorf("a file of one line: %v", err)
	}
	for _, empty := range []string{"", "# nothing yet\n", "---\n"} {
		if err := config.Apply(parse(t).flags, file(t, empty), env()); err != nil {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	held := file(t, "s3cret\n")
	for how, source := range map[string]struct {
		args []string
		yaml string
		env  []string
	}{
		"flag":                            {args: []string{"--password-file", held}},
		"environment":                     {env: []string{"OPENBOOK_PASSWORD_FILE=" + held}},
		"file":                            {yaml: "password-file: " + held},
		"flag over environment":           {args: []string{"--password-file", held}, env: []string{"OPENBOOK_PASSWORD=weaker"}},
		"environment over file":           {env: []string{"OPENBOOK_PASSWORD=s3cret"}, yaml: "password-file: /no/such"},
		"value over a file in the file":   {args: []string{"--password=s3cret"}, yaml: "password-file: /no/such"},
		"environment's file over a value": {env: []string{"OPENBOOK_PASSWORD_FILE=" + held}, yaml: "password: weaker"},
	} {
		s := parse(t, source.args...)
		if err := config.Apply(s.flags, file(t, source.yaml), env(source.env...)); err != nil || *s.secret != "s3cret" {
			t.Errorf("by %s: %q: %v", how, *s.secret, err)
		}
	}
}

func TestEachMistakeIsNamed(t *testing.T) {
	for _, c := range []struct {
		yaml string
		env  []string
		args []string
		want []string
	}{
		{yaml: "port: 1\nnats-ulr: x\n", want: []string{"openbook.yaml:2", `"nats-ulr"`, `did you mean "nats-url"?`}},
		{yaml: "zebra: 1\n", want: []string{`no setting "zebra"`}},
		{yaml: "nats-ulr: x\nprot: 1\n", want: []string{"nats-url", `"port"`}}, // all of them at once
		{yaml: "config: other.yaml\n", want: []string{`no setting "config"`}},
		{yaml: "port: many\n", want: []string{"openbook.yaml:1", "many"}},
		{yaml: "port: [1, 2]\n", want: []string{"openbook.yaml:1", "one value"}},
		{yaml: "port:\n", want: []string{"openbook.yaml:1", "no value"}},
		{yaml: "port: {a: 1}\n", want: []string{"openbook.yaml:1", "one value, or a list"}},
		{yaml: "hosts: [{a: 1}]\n", want: []string{"openbook.yaml:1", "one value, or a list"}},
		{yaml: "port: 1\nport: 2\n", want: []string{"openbook.yaml", "port"}},
		{yaml: "port: 1\n---\nport: 2\n", want: []string{"openbook.yaml:3", "already"}},
		{yaml: "- port\n", want: []string{"openbook.yaml", "line 1", "nats-url: nats://"}},
		{yaml: "port: 'x\n", want: []string{"openbook.yaml"}},
		{env: []string{"OPENBOOK_WAIT=soon"}, want: []string{"OPENBOOK_WAIT", "soon"}},
		{args: []string{"--password=a", "--password-file=b"}, want: []string{"--password", "--password-file", "give one"}},
		{env: []string{"OPENBOOK_PASSWORD=a", "OPENBOOK_PASSWORD_FILE=b"}, want: []string{"OPENBOOK_PASSWORD_FILE", "give one"}},
		{yaml: "password: a\npassword-file: b\n", want: []string{"openbook.yaml:1", "openbook.yaml:2", "give one"}},
		{yaml: "password-file: /no/such/file\n", want: []string{"openbook.yaml:1", "/no/such/file"}},
		{yaml: "password-file: /dev/null\n", want: []string{"0 bytes"}},
		{yaml: "password-file: /dev/zero\n", want: []string{"at most 65536"}},
	} {
		err := config.Apply(parse(t, c.args...).flags, file(t, c.yaml), env(c.env...))
		if err == nil {
			t.Errorf("%+v is accepted", c)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q: want %q in: %v", c.yaml, want, err)
			}
		}
	}
	if err := config.Apply(parse(t).flags, "/no/such.yaml", env()); err == nil || !strings.Contains(err.Error(), "/no/such.yaml") {
		t.Errorf("a missing file: %v", err)
	}
}
