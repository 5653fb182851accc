package main

import (
	"slices"
	"strings"
	"testing"
)

// At least one case for each row. A name that begins with one of the module's
// folders is the module's.
var cases = []struct{ pkg, may, mayNot string }{
	{"events/eventstest", "events testing os", "events/network api/ask services/internal/refuse"},
	{"events", "encoding/json reflect github.com/govalues/decimal", "events/network api/ask services/internal/clock os context time/tzdata math/rand"},
	{"events/entitlement", "events events/contract", "events/network api/ask os"},
	{"events/network", "events time", "events/funding api/ask services/internal/refuse encoding/json os net/http"},

	{"events/costing", "events events/contract math/bits", "events/funding api/ask services/internal/refuse os"},
	{"events/workforce", "events events/contract", "events/funding api/ask services/internal/refuse os"},
	{"events/staffing", "events events/contract", "events/workforce api/ask services/internal/refuse os"},

	{"api/ask", "events unicode/utf8", "events/network api/ask/network services/internal/refuse os"},
	{"api/ask/network", "api/ask events events/network", "api/ask/funding api/client services/network/view context"},
	{"api/schema", "embed", "events api/ask os"},
	{"api/client", "api/ask api/ask/network events/network net/http github.com/Khan/genqlient/graphql", "services/internal/refuse services/gateway tools/openbook api/proof"},
	{"api/client/generated", "api/client", "services/gateway/graph"},
	{"api/proof", "events golang.org/x/mod/sumdb/note", "services/book api/client"},

	{"deploy", "embed strings", "events services/internal/clock os"},

	{"services/internal/serve", "api/ask events services/internal/store context os", "api/ask/network events/network services/network services/network/view api/client deploy"},
	{"services/internal/store/remote", "services/internal/store", "services/book"},
	{"services/book", "api/proof events services/internal/store services/book/sqlite", "events/network api/client services/network/view services/gateway"},
	{"services/book/sqlite", "services/internal/store zombiezen.com/go/sqlite", "services/platform"},
	{"services/platform", "services/book services/network services/gateway api/client deploy", "tools/openbook"},
	{"services/platform/natsd", "deploy github.com/nats-io/nats-server/v2/server", "tools/archcheck"},
	{"services/gateway", "api/ask/network events/network services/network/view services/internal/serve services/gateway/graph", "services/network services/network/practice services/book services/platform deploy"},
	{"services/gateway/graph", "services/network/view services/gateway/guard", "services/network/practice services/dashboard"},
	{"services/dashboard/pages", "services/network/view services/dashboard", "services/network/practice services/gateway"},

	{"services/network/view", "events/network services/funding/view services/funding/view/money services/internal/figure github.com/benbjohnson/immutable encoding/json", "services/network/practice services/network services/internal/store os context sync"},
	{"services/funding/view/equity", "events/network services/network/view services/internal/figure gonum.org/v1/gonum/stat math/big", "services/funding/ledger services/network gonum.org/v1/gonum/mat math/rand/v2 os context"},
	{"services/network/practice", "api/ask/network events/funding services/network/pcn services/network/view services/funding/view services/internal/refuse", "api/ask/funding services/funding/ledger services/funding services/network services/internal/clock services/internal/store api/client"},
	{"services/funding/challenge", "api/ask/challenge events/funding services/funding/view services/funding/ledger", "services/funding services/network/practice services/internal/store context"},
	{"services/network/practice", "errors fmt maps slices strings cmp iter math time", "context os net net/http sync math/rand math/rand/v2 crypto/rand log log/slog github.com/nats-io/nats.go"},
	{"services/network/importods", "api/client services/network/practice services/internal/clock os net/http", "services/funding/ledger services/book"},
	{"services/contract/terms", "embed", "events services/contract/view os"},
	{"services/network", "services/network/practice services/funding/view services/internal/serve api/client context", "services/funding services/funding/ledger services/book services/gateway services/platform deploy"},

	{"tools/openbook", "services/platform services/platform/bench services/internal/config api/client events/network tools/openbook/pages os", "services/book services/network services/internal/serve services/platform/natsd tools/archcheck"},
}

var folders = []string{"api", "deploy", "events", "services", "tools"}

func full(names string) (paths []string) {
	for _, name := range strings.Fields(names) {
		if first, _, _ := strings.Cut(name, "/"); slices.Contains(folders, first) {
			name = module + name
		}
		paths = append(paths, name)
	}
	return paths
}

func TestEachWallStands(t *testing.T) {
	shown := map[string]bool{}
	for _, c := range cases {
		for _, r := range rooms {
			if matches(r.folder, c.pkg) {
				shown[r.folder] = true
				break
			}
		}
		for _, imported := range full(c.may) {
			if reasons := check(rooms, pkg{module + c.pkg, []string{imported}}); len(reasons) != 0 {
				t.Error(reasons)
			}
		}
		for _, imported := range full(c.mayNot) {
			reasons := check(rooms, pkg{module + c.pkg, []string{imported}})
			if len(reasons) != 1 || !strings.Contains(reasons[0], strings.TrimPrefix(imported, module)) {
				t.Errorf("%s may import %s: %q", c.pkg, imported, reasons)
			}
		}
	}
	for _, r := range rooms {
		if !shown[r.folder] {
			t.Errorf("no case shows what the room %s forbids", r.folder)
		}
	}
}

func TestAFolderWithoutARowFails(t *testing.T) {
	for _, folder := range []string{
		"utils", "api", "api/graph", "events/network/deep", "services", "services/network/practice/deep", "deploy/chart", "helm/openbook",
	} {
		reasons := check(rooms, pkg{module + folder, nil})
		if len(reasons) != 1 || !strings.Contains(reasons[0], "no room") {
			t.Errorf("%s: %q", folder, reasons)
		}
	}
}

// TestTheTree holds the module itself to the table, so that the ordinary tests
// find a crossed wall too.
func TestTheTree(t *testing.T) {
	packages, err := list(module + "...")
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) == 0 {
		t.Fatal("the module has no packages")
	}
	for _, p := range packages {
		for _, reason := range check(rooms, p) {
			t.Error(reason)
		}
	}
}
