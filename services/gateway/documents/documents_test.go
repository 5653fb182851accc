package documents_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/ics-openbook/openbook/services/gateway/documents"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// What cannot be parsed, or does not fit the schema, would end the gateway as it
// starts.
func TestShippedDocumentsAreTrusted(t *testing.T) {
	found := documents.Shipping()
	if len(found.Documents) < 10 || len(found.Problems) > 0 {
		t.Fatalf("%+v", found)
	}
	for _, d := range found.Documents {
		if d.Kind != "query" {
			t.Errorf("%s is trusted, and does something: %s", d.File, d.Kind)
		}
		if d.Cost < limit.Free.Cost || d.Cost > limit.Trusted.Cost {
			t.Errorf("%s costs %d: it needs no trust, or more than there is", d.File, d.Cost)
		}
	}
}

// GraphiQL asks for the schema when it is opened. The document it sends is in its
// source, with holes for what it may ask for besides and does not.
func TestGraphiQLIsTrusted(t *testing.T) {
	packed, err := os.ReadFile("../console/assets/graphiql.min.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	source, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)return `(\n    query IntrospectionQuery \\{.*?)`;").FindSubmatch(source)
	if found == nil {
		t.Fatal("there is no such document in the source")
	}
	text := strings.ReplaceAll(string(found[1]), "${descriptions}", "description")
	text = regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(text, "")
	if _, is := documents.Shipped()[limit.HashOf(text)]; !is {
		t.Errorf("it is not trusted:\n%s", text)
	}
}

const (
	right   = "query Names { networks(first: 2000) { nodes { code name } } }\n"
	another = "query Codes($n: Int = 5) { networks(first: $n) { nodes { code } } }\nmutation M($i: RenameSystemInput!) { renameSystem(input: $i) { problems { code } } }\n"
	wrong   = "query Wrong {\n  networks(first: 9) {\n    nodes { nam }\n  }\n}\n"
)

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, dir, name, text)
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// told is what is logged and measured.
type told struct {
	bytes.Buffer
	telemetry.Telemetry
	reader *sdkmetric.ManualReader
}

func telling() *told {
	w := &told{reader: sdkmetric.NewManualReader()}
	w.Telemetry = telemetry.Off()
	w.Log = slog.New(slog.NewTextHandler(&w.Buffer, nil))
	w.Metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(w.reader))
	return w
}

func (w *told) gauge(t *testing.T, name string) int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := w.reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	for _, s := range all.ScopeMetrics {
		for _, m := range s.Metrics {
			if g, is := m.Data.(metricdata.Gauge[int64]); is && m.Name == name {
				return g.DataPoints[0].Value
			}
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

func expect(t *testing.T, d *documents.Trusted, text string, trusted bool) {
	t.Helper()
	if _, is := d.ByHash(limit.HashOf(text)); is != trusted {
		t.Errorf("trusted: %v, want %v: %.60s", !trusted, trusted, text)
	}
}

// What a document costs is what it does with the variables that it has of itself.
// What is wrong is said of a file, which nobody can have trusted to mend it.
func TestWhatACheckSays(t *testing.T) {
	page := func(n string) string {
		return "query Q($n: Int = " + n + ") { networks(first: $n) { nodes { members { practice { code name } } } } }"
	}
	found := documents.Check(folder(t, map[string]string{
		"a.graphql": page("50"), "b.graphql": "# to be written\n",
		"c.graphql": strings.Replace(page("2000"), "code name", "memberships { network { members { practice { code } } } }", 1),
	}))
	if len(found.Documents) != 2 || found.Documents[0].Cost != 500+50*(1+1+10*(1+2)) {
		t.Errorf("%+v", found.Documents)
	}
	want := []string{"b.graphql: The file has no operation. ", "c.graphql:1:1: The operation costs "}
	for i, p := range found.Problems {
		if len(found.Problems) != len(want) || !strings.HasPrefix(p.Error(), want[i]) || strings.Contains(p.Error(), "have the document trusted") {
			t.Errorf("%s", p.Error())
		}
	}
}

// A folder is taken as a whole: with a mistake in it, what it held before stays,
// until it is right again.
func TestAFolderIsSwappedWhole(t *testing.T) {
	dir := folder(t, map[string]string{"names.graphql": right, "notes.txt": "no document", ".hidden.graphql": "{"})
	w := telling()
	d, err := documents.Open(dir, w.Telemetry)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d, right, true)
	expect(t, d, strings.TrimSpace(right), false) // it is the exact text that is trusted
	shipped := int64(len(documents.Shipped()))
	if got := w.gauge(t, "openbook.gateway.documents"); got != shipped+1 {
		t.Errorf("%d documents are measured", got)
	}

	write(t, dir, "codes.graphql", another)
	write(t, dir, "wrong.graphql", wrong)
	err = d.Reload()
	if err == nil || !strings.Contains(err.Error(), `wrong.graphql:3:13: Cannot query field "nam" on type "Network". Did you mean "name"?`) {
		t.Errorf("it says %v", err)
	}
	expect(t, d, right, true)
	expect(t, d, another, false)
	if got := w.gauge(t, "openbook.gateway.documents.wrong"); got != 1 {
		t.Errorf("%d mistakes are measured", got)
	}
	if err := d.Reload(); err != nil {
		t.Errorf("the same is said again: %v", err)
	}

	if err := os.Remove(filepath.Join(dir, "wrong.graphql")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "names.graphql")); err != nil {
		t.Fatal(err)
	}
	if err := d.Reload(); err != nil {
		t.Error(err)
	}
	expect(t, d, right, false)
	expect(t, d, another, true)
	if got := w.gauge(t, "openbook.gateway.documents.wrong"); got != 0 {
		t.Errorf("%d mistakes are measured", got)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := d.Reload(); err == nil || !strings.Contains(err.Error(), "It cannot be read: no such file or directory. Name a folder") {
		t.Errorf("of a folder that has gone it says %v", err)
	}
	expect(t, d, another, true)
}

// Configuration that is mounted is swapped by a link to another folder.
func TestAFolderBehindALink(t *testing.T) {
	one, other := folder(t, map[string]string{"a.graphql": right}), folder(t, map[string]string{"a.graphql": another})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(one, link); err != nil {
		t.Fatal(err)
	}
	d, err := documents.Open(link, telemetry.Off())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	if err := d.Reload(); err != nil {
		t.Fatal(err)
	}
	expect(t, d, right, false)
	expect(t, d, another, true)
}

// Nothing starts from a folder that has a mistake, or is none.
func TestAWrongFolderIsNotStartedFrom(t *testing.T) {
	for _, dir := range []string{folder(t, map[string]string{"a.graphql": right, "b.graphql": wrong}), "/none/such"} {
		if _, err := documents.Open(dir, telemetry.Off()); err == nil || !strings.Contains(err.Error(), "--documents "+dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestWhatACheckTells(t *testing.T) {
	many := map[string]string{}
	for i := range 501 {
		many[fmt.Sprintf("%03d.graphql", i)] = fmt.Sprintf("query Q%d { me { ref } }", i)
	}
	for name, c := range map[string]struct {
		files map[string]string
		rows  int
		said  string
	}{
		"right":        {map[string]string{"a.graphql": right, "b.graphql": another}, 3, ""},
		"empty":        {nil, 0, ""},
		"no operation": {map[string]string{"a.graphql": "# nothing"}, 0, "a.graphql: The file has no operation."},
		"no GraphQL":   {map[string]string{"a.graphql": "query {\n me {"}, 0, "a.graphql:2:6: "},
		"dear":         {map[string]string{"a.graphql": "{ networks(first: 2000) { nodes { members { practice { memberships { network { members { practice { name } } } } } } } } }"}, 1, "a.graphql:1:1: The operation costs"},
		"bombs":        {map[string]string{"a.graphql": bomb(60)}, 0, "more than 500 selections within one pair of braces"},
		"no text":      {map[string]string{"a.graphql": "\xff"}, 0, "a.graphql: The document is not UTF-8 text."},
		"long":         {map[string]string{"a.graphql": "#" + strings.Repeat("x", 64<<10)}, 0, "a.graphql: The document has more than 65536 bytes."},
		"many":         {many, 500, "The folder has more than 500 documents."},
	} {
		got := documents.Check(folder(t, c.files))
		if len(got.Documents) != c.rows || (len(got.Problems) > 0) != (c.said != "") {
			t.Errorf("%s: %d rows, %v", name, len(got.Documents), got.Problems)
			continue
		}
		if c.said != "" && !strings.Contains(got.Problems[0].Error(), c.said) {
			t.Errorf("%s: %v, want %s", name, got.Problems[0], c.said)
		}
		for _, p := range got.Problems {
			if p.Code == "" {
				t.Errorf("%s: there is no code: %v", name, p)
			}
		}
	}
}

func bomb(n int) string {
	var b strings.Builder
	b.WriteString("{networks(first:1){nodes{...F0}}}")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Network{...{...F%d} system{code} ...{...F%d}}", i, i+1, i+1)
	}
	return b.String() + fmt.Sprintf(" fragment F%d on Network{name}", n)
}
