package guard

import (
	"strings"

	"github.com/ics-openbook/openbook/api/ask"
)

// Who says in words who may have the field.
func (r Rule) Who() string {
	switch r.kind {
	case everyone:
		return "everybody who is signed in"
	case ownParent:
		return "those who belong to its system"
	case ownArgument:
		return "those who belong to the system of `" + r.argument + "`"
	case ownOrMine:
		return "those who belong to the system of `" + r.argument + "`; without it, what is shown is of one's own systems"
	case mayAsk:
		var may []string
		for _, role := range ask.May(r.asks.Subject()) {
			may = append(may, "`"+string(role)+"`")
		}
		return strings.Join(may, ", ")
	case nobody:
	}
	return "nobody"
}
