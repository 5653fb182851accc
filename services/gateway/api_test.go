package gateway

import (
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

// What goes round in the graph is refused before it is worked out; what people
// and their tools ask is not.
func TestListsCostTheirItems(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	round := "name"
	for range 3 {
		round = "system { places { " + round + " } }"
	}
	for document, allowed := range map[string]bool{
		"{ networks(first: 100) { nodes { code name system { name } practiceCount { value unit unknown { reason } } members { practice { code name } } } } }": true,
		"{ networks(first: 10) { nodes { system { places { " + round + " } } } } }":                                                                           false,
	} {
		if a := query(t, who, document); (len(a.Errors) == 0) != allowed || !allowed && !strings.Contains(a.body, "COMPLEXITY_LIMIT_EXCEEDED") {
			t.Errorf("%.60s is answered %s", document, a.body)
		}
	}
}
