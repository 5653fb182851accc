//go:build conformance

// Package conformance holds the API against programs that others have made for
// any GraphQL server: graphql-http's audits, clients, a compiler of documents, and
// a comparison of schemas. It is run by `task conformance`, and needs node and the
// packages of package-lock.json.
package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/services/platform"
)

// patience is how long a script may take.
const patience = time.Minute

// declined are the audits that are not met, and why. All others are.
var declined = map[string]string{
	"5A70": byGet,
	"D6D5": byGet,
	"6A70": byGet,
}

const byGet = "GET is for trusted documents alone: what is in an address is kept in logs and histories"

// node runs a script of this folder against a platform, and fails with its words.
func node(t *testing.T, site []string, script string, args ...string) []byte {
	t.Helper()
	out, complaint, err := try(t, site, script, args...)
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", script, err, out, complaint)
	}
	return out
}

func try(t *testing.T, site []string, script string, args ...string) (out, complaint []byte, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var said, faults bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", append([]string{script}, args...)...)
	cmd.Env = append(os.Environ(), site...)
	cmd.Stdout, cmd.Stderr = &said, &faults
	err = cmd.Run()
	return said.Bytes(), faults.Bytes(), errors.Join(err, ctx.Err())
}

// up runs a platform with a system in it, until the test ends, and returns where
// it is and a steward's token.
func up(t *testing.T) (site []string) {
	t.Helper()
	c := platform.Config{Data: t.TempDir(), Listen: "127.0.0.1:0"}
	ctx, stop := context.WithCancel(context.Background())
	started, ended := make(chan platform.Started, 1), make(chan error, 1)
	go func() { ended <- platform.Up(ctx, c, func(s platform.Started) { started <- s }) }()
	var url string
	select {
	case s := <-started:
		url = s.URL
	case err := <-ended:
		t.Fatalf("the platform did not start: %v", err)
	case <-time.After(patience):
		t.Fatal("the platform did not start in time")
	}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the platform ended with: %v", err)
		}
	})
	token, err := platform.Token(c, "steward", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	steward, err := client.New(url, client.Token(token))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = steward.Do(t.Context(), `mutation { registerSystem(input: { code: "QZ1", name: "Demonstration", idempotencyKey: "first", wait: VISIBLE }) {
		receipt { position } problems { code message path } } }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"OPENBOOK_URL=" + url + "/graphql", "OPENBOOK_TOKEN=" + token}
}

func TestClients(t *testing.T) {
	site := up(t)
	for _, script := range []string{"sse.js", "urql.js", "apollo.js", "relay.js"} {
		t.Run(script, func(t *testing.T) { node(t, site, script) })
	}
}

type audit struct{ ID, Name, Status, Reason string }

// Every audit is met but those declined, and the README says how many that is.
func TestAudits(t *testing.T) {
	var audits []audit
	if err := json.Unmarshal(node(t, up(t), "audits.js"), &audits); err != nil {
		t.Fatal(err)
	}
	levels := []string{"MUST", "SHOULD", "MAY"}
	passed, all := map[string]int{}, map[string]int{}
	var table strings.Builder
	for _, a := range audits {
		level, _, _ := strings.Cut(a.Name, " ")
		if !slices.Contains(levels, level) {
			t.Errorf("%s asks for something else than what is counted: %s", a.ID, a.Name)
		}
		all[level]++
		why, known := declined[a.ID]
		switch met := a.Status == "ok"; {
		case met && known:
			t.Errorf("%s is met, and was declined: %s", a.ID, a.Name)
		case met:
			passed[level]++
		case !known:
			t.Errorf("%s is not met: %s: %s", a.ID, a.Name, a.Reason)
		case level != "MAY":
			t.Errorf("%s may not be declined: %s", a.ID, a.Name)
		default:
			fmt.Fprintf(&table, "declined %s  %s\n         %s\n", a.ID, a.Name, why)
		}
	}
	for id := range declined {
		if !slices.ContainsFunc(audits, func(a audit) bool { return a.ID == id }) {
			t.Errorf("%s is declined, and is no audit", id)
		}
	}
	row := "| audits passed |"
	for _, level := range levels {
		row += fmt.Sprintf(" %d of %d |", passed[level], all[level])
	}
	t.Logf("%d audits\n| | MUST | SHOULD | MAY |\n|---|---|---|---|\n%s\n%s", len(audits), row, table.String())
	for _, page := range []string{"README.md", filepath.Join("docs", "api.md")} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", page))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), row) {
			t.Errorf("%s does not say: %s", page, row)
		}
		for id := range declined {
			if page != "README.md" && !strings.Contains(string(text), "`"+id+"`") {
				t.Errorf("%s does not name %s, which is declined", page, id)
			}
		}
	}
}

const (
	released  = "../../../api/released.graphql"
	current   = "../../../api/schema.graphql"
	changelog = "../../../docs/CHANGELOG.md"
)

// Nothing that is released breaks unless the changelog says so.
func TestTheSchemaKeepsItsWord(t *testing.T) {
	t.Logf("%s", node(t, nil, "changes.js", released, current, changelog))
}

// The comparison finds what breaks, what is declared, and what is declared in vain.
func TestABreakingChangeIsDeclared(t *testing.T) {
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before := write("before.graphql", "type Query { a: Int! b: Int! }")
	same := write("same.graphql", "type Query { a: Int! b: Int! }")
	more := write("more.graphql", "type Query { a: Int! b: Int! c: Int! }")
	less := write("less.graphql", "type Query { a: Int! }")
	heading := "# Changelog\n\n## Unreleased\n\n### Breaking\n\n"
	silent := write("silent.md", heading+"None.\n\n## 0.1.0\n\n### Breaking\n\n- `Query.b`: long ago.\n")
	declares := write("declares.md", heading+"- `Query.b`: nobody asked for it.\n")
	for name, c := range map[string]struct {
		now, says string
		fault     string
	}{
		"nothing":              {same, silent, ""},
		"something new":        {more, silent, ""},
		"something gone":       {less, silent, "Field 'b' was removed from object type 'Query'"},
		"what is declared":     {less, declares, ""},
		"declared, and is not": {same, declares, "it breaks nothing"},
		"no such section":      {same, write("empty.md", "# Changelog\n"), "no section Unreleased"},
	} {
		_, complaint, err := try(t, nil, "changes.js", before, c.now, c.says)
		if (err != nil) != (c.fault != "") || !strings.Contains(string(complaint), c.fault) {
			t.Errorf("%s: %v, %s", name, err, complaint)
		}
	}
}
