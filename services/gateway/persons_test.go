package gateway

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/serve"
)

// A name that cannot be had is not known, with the reason, and nothing else of the
// answer is lost by it. It is asked for anew each time.
func TestANameThatCannotBeHad(t *testing.T) {
	state := registrytest.Fold(append(append([]fact.Event{}, two...),
		fact.DirectorAppointed{Network: "U99001", Person: "person-a", Share: decimal.One, Period: events.Period{From: since}},
		fact.PersonNamed{Person: "person-a", Name: events.Sealed{Person: "person-a", Box: []byte("Ada Quince")}},
	))
	d := over(state, state)
	who := d.as(ask.Grant{Role: ask.Auditor, Of: ask.England})
	var no error
	asked := 0
	d.api.resolver.Unseal = func(_ context.Context, name events.Sealed, by serve.By) (string, error) {
		asked++
		if len(by.Grants) != 1 {
			t.Errorf("it is asked on nobody's behalf: %+v", by)
		}
		return string(name.Box), no
	}
	for n, c := range []struct {
		no   error
		want string
	}{
		{nil, `{"value":"Ada Quince","erased":false,"unknown":null}`},
		{refuse.New(refuse.Conflict, "PERSON_ERASED", "Gone."), `{"value":null,"erased":true,"unknown":null}`},
		{nil, `{"value":"Ada Quince","erased":false,"unknown":null}`},
		{refuse.New(refuse.Conflict, "NAME_KEY_MISSING", "No key."), `{"value":null,"erased":false,"unknown":{"code":"NAME_KEY_MISSING","reason":"No key."}}`},
		{fmt.Errorf("%w: nobody", refuse.ErrAbsent), `{"value":null,"erased":false,"unknown":{"code":"NAME_AWAY","reason":"The part of the platform that can read names does not answer. Ask again in a moment."}}`},
		{refuse.Fault("1"), `{"value":null,"erased":false,"unknown":{"code":"NAME_AWAY"`},
		{fmt.Errorf("cut off"), `{"value":null,"erased":false,"unknown":{"code":"NAME_AWAY"`},
	} {
		no = c.no
		body := sent(who, `{ network(code: "U99001") { name directors { person name { value erased unknown { code reason } } } } }`)
		if !strings.Contains(body, `"person":"person-a","name":`+c.want) || strings.Contains(body, `"errors"`) || asked != n+1 {
			t.Errorf("with %v, after %d questions, it is answered %s", c.no, asked, body)
		}
	}
}
