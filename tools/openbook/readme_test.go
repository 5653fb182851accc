package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write what commands print into the tours")

const readme = "../../README.md"

// The tours are taken: each command of a console block is run, and prints what
// stands below it, but for what differs each time.
func TestTours(t *testing.T) {
	for _, page := range []string{readme, "../../docs/asking.md"} {
		t.Run(filepath.Base(page), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			tour := tourist{page: filepath.Base(page), place: newPlace(t), renewed: map[string]string{}}
			taken := console.ReplaceAllStringFunc(string(text), func(block string) string {
				return "```console\n" + tour.take(t, console.FindStringSubmatch(block)[1]) + "```\n"
			})
			if tour.platform == nil {
				t.Fatal("it starts no platform")
			}
			if *update {
				if err := os.WriteFile(page, []byte(taken), 0o644); err != nil { //nolint:gosec // it is for everybody
					t.Fatal(err)
				}
			}
			if lines := strings.Count(taken, "\n"); lines > 200 {
				t.Errorf("it has %d lines, which nobody reads", lines)
			}
		})
	}
}

var console = regexp.MustCompile("(?ms)^```console\n(.*?)^```\n")

// tourist takes the tour.
type tourist struct {
	page     string
	place    place
	platform *running
	watching *running
	stands   map[string]string // for what is so here, what the page says
	renewed  map[string]string // for what the page says, what it is about to say
}

// differs is what is another each time.
var differs = regexp.MustCompile(uuid + `|` + instant + `|[\w+/]{43}=|key [0-9a-f]{8}|code=\w+|process \d+|[\d.]+m?s\b|Openbook \S+ runs`)

// take runs the commands of one block, compares, and returns the block as it is
// here.
func (v *tourist) take(t *testing.T, block string) (here string) {
	t.Helper()
	lines := strings.SplitAfter(block, "\n")
	for lines[0] != "" {
		command, asked := strings.CutPrefix(lines[0], "$ ")
		if asked {
			lines = lines[1:]
		} else {
			command = ""
		}
		end := slices.IndexFunc(lines, func(line string) bool { return line == "" || strings.HasPrefix(line, "$ ") })
		want := strings.Join(lines[:end], "")
		lines = lines[end:]
		command = v.replace(command, false)
		for said, is := range v.renewed {
			command = strings.ReplaceAll(command, said, is)
		}
		got := v.replace(v.run(t, strings.TrimSpace(command)), true)
		v.compare(t, command, want, got)
		if *update {
			command = v.replace(command, true)
		}
		if asked {
			here += "$ " + command
		}
		here += got
	}
	return here
}

// replace puts what the page says for what is so here, or the reverse.
func (v *tourist) replace(s string, here bool) string {
	for is, said := range v.stands {
		if here {
			s = strings.ReplaceAll(s, is, said)
		} else {
			s = strings.ReplaceAll(s, said, is)
		}
	}
	if here { // where a reader's platform is, nobody need say where it is
		s = strings.ReplaceAll(s, " --url http://127.0.0.1:8080", "")
	}
	return s
}

// run runs one command, or, if there is none, waits for what is watched to say
// more.
func (v *tourist) run(t *testing.T, command string) string {
	t.Helper()
	switch {
	case strings.HasPrefix(command, "openbook up") && v.platform == nil:
		v.platform = v.place.start(t, append(strings.Fields(command)[1:], "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")...)
		said := v.platform.collect(t, "Ctrl-C stops it.")
		addresses := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(said, 2)
		v.stands = map[string]string{addresses[0]: "127.0.0.1:8080", addresses[1]: "127.0.0.1:8081", v.place.dir: "/home/you"}
		v.place.env = append(v.place.env, "OPENBOOK_URL=http://"+addresses[0])
		return said
	case strings.HasPrefix(command, "openbook watch"):
		v.watching = v.place.start(t, strings.Fields(command)[1:]...)
		return v.watching.collect(t, "practices")
	case command == "":
		return v.watching.collect(t, "1 practice") + v.watching.collect(t, "1 practice")
	case command == "openbook rebuild":
		if got := v.platform.stop(t); got.code != done {
			t.Errorf("%+v", got)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := v.place.command(ctx, "sh", "-c", command).CombinedOutput()
	if _, refused := err.(*exec.ExitError); err != nil && !refused { //nolint:errorlint // it is never wrapped
		t.Fatal(err)
	}
	return string(out)
}

// collect is what is said up to a line that holds the last words.
func (r *running) collect(t *testing.T, last string) (said string) {
	t.Helper()
	late := time.After(patience)
	for !strings.Contains(said, last) {
		select {
		case line, open := <-r.lines:
			if !open {
				t.Fatalf("it ended after\n%s%s", said, r.all)
			}
			said += line + "\n"
		case <-late:
			t.Fatalf("it did not say %q after\n%s", last, said)
		}
	}
	return said
}

// compare holds what was said against what the page says, and learns what
// stands there for what.
func (v *tourist) compare(t *testing.T, command, want, got string) {
	t.Helper()
	alike := func(s string) string {
		return regexp.MustCompile(` +`).ReplaceAllString(differs.ReplaceAllString(s, "…"), " ")
	}
	if alike(want) != alike(got) {
		if !*update {
			t.Errorf("$ %s%s\n%s says:\n%s\n(go test ./tools/openbook -run Tours -update writes it anew)", command, got, v.page, want)
		}
		return
	}
	said, is := differs.FindAllString(want, -1), differs.FindAllString(got, -1)
	for i := range said {
		if *update {
			v.renewed[said[i]] = is[i]
		} else {
			v.stands[is[i]] = said[i]
		}
	}
}

// Commands that the tour does not run are at least commands, with flags that
// exist.
func TestREADMECommandsExist(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.ReplaceAll(string(text), "\\\n", " ")
	found := regexp.MustCompile("(?m)^openbook .*$|`openbook [^`]*`").FindAllString(console.ReplaceAllString(joined, ""), -1)
	if len(found) < 5 {
		t.Fatal(found)
	}
	for _, line := range found {
		args := strings.Fields(strings.Trim(line, "`"))[1:]
		cmd, rest, err := root().Find(args)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err != nil || cmd.Name() == "openbook" {
			t.Errorf("%s: %v", line, err)
		}
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if f.Value.String() == "" {
				t.Errorf("%s: --%s is empty", line, f.Name)
			}
		})
	}
	for _, first := range []string{"go run ./tools/openbook up", "go test ./..."} {
		if !strings.Contains(string(text), "\n"+first+" ") {
			t.Errorf("README.md does not begin with %q", first)
		}
	}
}
