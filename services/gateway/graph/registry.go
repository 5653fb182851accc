package graph

import (
	"strconv"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	errCode = refuse.New(refuse.Invalid, "CODE_INVALID", "%q is not the code of a %s. It looks like %s.")
	errGone = refuse.New(refuse.NotFound, "NETWORK_UNKNOWN", "There is no network %s in the book. Register it first, or check the code.")
)

// ordinalOf reads an entry's cursor.
func ordinalOf(cursor *string) (events.Ordinal, error) {
	if cursor == nil {
		return 0, nil
	}
	key, ok := model.Cursor(*cursor)
	n, err := strconv.ParseUint(key, 10, 63)
	if !ok || err != nil {
		return 0, errCursor.About("after", ask.Clip(*cursor))
	}
	return events.Ordinal(n), nil
}
