package gateway

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	fact "github.com/ics-openbook/openbook/events/network"
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

// The data are put into an answer as they are, whatever else there is that looks
// like their place.
func TestAnAnswerIsWhole(t *testing.T) {
	state := registrytest.Fold([]fact.Event{fact.SystemRegistered{System: "QZ1", Name: hole}, fact.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"}})
	who := over(state, state).as()
	quoted := `"\"openbook:data\""`
	for document, want := range map[string]string{
		`{ system(code: "QZ1") { name } }`: `{"data":{"system":{"name":` + quoted + `}},"extensions":{"asOf":{"position":"2","time":"2020-01-01T00:00:00Z"},"cost":`,
		`{ systems { name } __typename }`:  `{"data":{"systems":[{"name":` + quoted + `}],"__typename":"Query"},"extensions":{"asOf":{"position":"2","time":"2020-01-01T00:00:00Z"},"cost":`,
		`{ system(code: "\"openbook:data\"") { name } system: network(code: "U99001") { name } }`: `"errors":[`,
		`{ system(code: "\"openbook:data\"") { name } a: network(code: "U99001") { name } }`:      `is not the code of a system`,
	} {
		if got := sent(who, document); !strings.Contains(got, want) || strings.Contains(want, `"asOf"`) && !strings.HasPrefix(got, want) || !json.Valid([]byte(got)) {
			t.Errorf("%s\ngot  %s\nwant %s", document, got, want)
		}
	}
}
