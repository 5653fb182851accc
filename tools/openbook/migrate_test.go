package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
)

// A book goes to another store and back, a platform runs on either, and it says
// the same on each.
func TestMigrate(t *testing.T) {
	p := newPlace(t)
	server := esdbtest.New(t, esdbtest.Options{})
	there := server.Connection() + "?tls=false&book=qz1"
	book := "sqlite://" + filepath.Join(folder, "book.db")
	first := p.up(t)
	p.sample(t)
	before := p.openbook(t, "entries", "U99001", "--json")
	const copied = `Book ` + uuid + ` has 5 entries in both stores, %d of them copied in \S+\.\nroot of the source +(\S{44})\nroot of the copy +(\S{44})`
	p.check(t, []expect{
		{args: "migrate --from " + book + " --to " + there, code: notDone, err: `--from: the book is open in another process: process \d+ holds \S+; stop it, or use another folder\.`},
	})
	if got := first.stop(t); got.code != done {
		t.Fatalf("%+v", got)
	}
	p.check(t, []expect{
		{args: "migrate --from " + book, code: misread, err: `--to is missing\..*`},
		{args: "migrate --from " + book + " --to " + book, code: notDone, err: `--from and --to name the same store\.`},
		{args: "migrate --from " + book + " --to mysql://root:hunter2@host", code: notDone, err: `--to: a store is sqlite:///folder/book\.db or esdb://user:password@host:2113: what is given begins with neither\.`},
		{args: "migrate --from sqlite://nowhere.db --to " + there, code: notDone, err: `--from: there is no book: .*nowhere\.db.*`},
		{args: "migrate --from sqlite://" + folder + " --to " + there, code: notDone, err: `--from: openbook-data is a folder: name the book's file in it, openbook-data/book\.db\.`},
		{args: "migrate --from " + there + " --to sqlite://other.db", code: notDone, err: `--from: open the book qz1 at 127\.0\.0\.1:\d+: there is no book: check the connection, and the name after \?book=\.`},
		{args: "migrate --from " + book + " --to " + there, out: strings.Replace(copied, "%d", "5", 1)},
		{args: "migrate --from " + book + " --to " + there, out: strings.Replace(copied, "%d", "0", 1)},
		{args: "migrate --json --from " + there + " --to sqlite://back/book.db", out: `\{\n  "book": "` + uuid + `",\n  "entries": 5,\n  "copied": 5,\n  "from": "(\S{44})",\n  "to": "(\S{44})"\n\}`},
	})
	if err := os.RemoveAll(filepath.Join(p.dir, folder, "book.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "store"), []byte(there+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Nothing that was made of the old store fits the new one, and is made again.
	second := p.up(t, "--store-file", "store")
	positions := regexp.MustCompile(`"position": "\w+"`) // a store's own
	if after := p.openbook(t, "entries", "U99001", "--json"); positions.ReplaceAllString(after.out, "") != positions.ReplaceAllString(before.out, "") || len(after.out) < 100 {
		t.Errorf("before %s, after %s", before.out, after.out)
	}
	p.check(t, []expect{{args: "rename|network|U99001|Coast", out: `Recorded as entry 6, .*`}})
	if got := second.stop(t); got.code != done {
		t.Errorf("%+v", got)
	}
	p.check(t, []expect{
		{args: "rebuild --store-file store", out: `Made again from 6 entries in \S+\. .*`},
		{args: "migrate --from-file store --to sqlite://back/book.db", out: `.* has 6 entries in both stores, 1 of them copied .*`},
		{args: "migrate --from sqlite://back/book.db --to " + server.Connection() + "?tls=false&book=another", out: `.*6 of them copied.*`},
	})
	p.up(t, "--store", "sqlite://back/book.db")
	said := p.start(t, "up", "--store-file", "store", "--data", "elsewhere", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	said.until(t, `Its book is in qz1 at 127\.0\.0\.1:\d+\.$`)
	said.until(t, `Ctrl-C stops it`)
	if after := p.openbook(t, "networks"); !strings.Contains(after.out, "Coast") {
		t.Errorf("%+v", after)
	}
}
