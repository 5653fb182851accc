package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Documents are checked without a platform, and told of by their place.
func TestDocuments(t *testing.T) {
	p := newPlace(t)
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const names = "query Names {\n  networks(first: 2000) { nodes { code name } }\n}\n"
	write("right/names.graphql", names)
	write("right/me.graphql", "{ me { name } }")
	write("wrong/names.graphql", strings.Replace(names, "name }", "nam }", 1))
	write("wrong/me.graphql", "{ me { name } }")
	if err := os.Mkdir(filepath.Join(p.dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	const distrusted = `The gateway would trust none of them: correct what is named above\.`
	p.check(t, []expect{
		{args: "documents check right", out: "DOCUMENT       OPERATION    COST  SHA-256\n" +
			"me.graphql     query        2     [0-9a-f]{64}\nnames.graphql  query Names  6500  [0-9a-f]{64}"},
		{args: "documents check wrong", code: notDone, err: distrusted,
			out: `names\.graphql:2:40: Cannot query field "nam" on type "Network"\. Did you mean "name"\?\nDOCUMENT .*me\.graphql .*`},
		{args: "documents check none", code: notDone, err: distrusted, out: `It cannot be read: no such file or directory\. Name a folder .*`},
		{args: "documents check empty", out: `There are no documents .*`},
		{args: "documents check", code: misread, err: `FOLDER is missing\..*`},
		{args: "documents list", out: `DOCUMENT .*\nregistry\.graphql +query Registry +\d+ +[0-9a-f]{64}`},
		{args: "up --documents wrong --listen 127.0.0.1:0 --admin 127.0.0.1:0 --data new", code: notDone, err: `.*names\.graphql:2:40: Cannot query field "nam".*`},
		{args: "up --cost-capacity 10 --listen 127.0.0.1:0 --admin 127.0.0.1:0 --data other", code: notDone, err: `.*it must hold 1000000.*`},
	})
	var found struct {
		Documents []struct{ File, SHA256, Operation, Kind string }
		Problems  []struct {
			File, Code   string
			Line, Column int
		}
	}
	got := p.openbook(t, "documents", "check", "wrong", "--json")
	if err := json.Unmarshal([]byte(got.out), &found); err != nil || got.code != notDone || len(found.Documents) != 1 ||
		len(found.Problems) != 1 || found.Problems[0].Line != 2 || found.Problems[0].Code != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("%v: %+v", err, got)
	}
}

// A platform trusts the documents of its folder.
func TestTrustedDocuments(t *testing.T) {
	p := newPlace(t)
	const text = "{ networks(first: 2000) { totalCount } }"
	if err := os.MkdirAll(filepath.Join(p.dir, "trusted"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "trusted", "n.graphql"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.env = append(p.env, "OPENBOOK_DOCUMENTS=trusted")
	p.up(t)
	p.check(t, []expect{
		{args: "query|" + text + "|--json", out: `\{"networks":\{"totalCount":0\}\}`},
		{args: "query|" + text + " |--json", code: notDone, out: `.*`, err: `Say how many you want.*`},
	})
}
