package gateway

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

func registryDocument(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("documents/shipped/registry.graphql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A document shipped with the build reads everything; the same with one letter
// changed is anybody's, and may not.
func TestATrustedDocumentReadsMore(t *testing.T) {
	text := registryDocument(t)
	who := over(registrytest.Fold(two), view.State{}).as()
	a := query(t, who, text)
	for _, part := range []string{
		`{"code":"U99001","name":"Cedar","open":true,"opened":null,"lastDay":null,"system":{"code":"QZ1"},"subICB":null,"place":{"code":"WEST"},` +
			`"practiceCount":{"value":"1","unknown":null},"patients":{"value":"8000","unknown":null},"adjusted":{"value":null,"unknown":{"code":"NOT_SUBMITTED"`,
		`"clinicalSystems":["EMIS"],"practices":[{"code":"Z99001","name":"Mill Lane","clinicalSystem":"EMIS"}]}`,
		`"asOf":{"position":"2"`,
	} {
		if len(a.Errors) > 0 || !strings.Contains(a.body, part) {
			t.Errorf("the document of the registry is answered %s\nwithout %s", a.body, part)
		}
	}
	if a := query(t, who, text+" "); !slices.Equal(a.codes(), []string{"COMPLEXITY_LIMIT_EXCEEDED"}) {
		t.Errorf("with a blank more it is answered %s", a.body)
	}
	if a := query(t, who, `{ networks(first: 2000) { totalCount } }`); !slices.Equal(a.codes(), []string{"PAGE_INVALID"}) {
		t.Errorf("another document with as long a page is answered %s", a.body)
	}
}
