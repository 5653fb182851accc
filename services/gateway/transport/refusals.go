package transport

import (
	"math"
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// What may be wrong with a request before it is one of GraphQL.
var (
	errWebSocket = refuse.New(refuse.Invalid, "WEBSOCKET_NOT_OFFERED",
		"There is no WebSocket here. Subscribe over server-sent events: POST the same with `Accept: text/event-stream`.")
	errMethod = refuse.New(refuse.Invalid, "METHOD_NOT_ALLOWED",
		"This is asked by POST, or by GET where the document is a trusted one.")
	errMutation = refuse.New(refuse.Invalid, "METHOD_NOT_ALLOWED",
		"A mutation is never asked by GET, which must change nothing. Send it by POST.")
	errNotTrusted = refuse.New(refuse.Invalid, "METHOD_NOT_ALLOWED",
		"Only a trusted document may be asked by GET. Send this one by POST, or have it trusted by the operator.")
	errMediaType = refuse.New(refuse.Invalid, "MEDIA_TYPE_UNSUPPORTED",
		"A request is sent with `Content-Type: application/json`, in UTF-8 and not compressed; this one has %s.")
	errNotAcceptable = refuse.New(refuse.Invalid, "NOT_ACCEPTABLE",
		"Answers come as application/graphql-response+json, application/json or text/event-stream. Name one of them in `Accept`.")
	errOnlyEvents = refuse.New(refuse.Invalid, "NOT_ACCEPTABLE",
		"A subscription is answered as events. Send it with `Accept: text/event-stream`.")
	errBody = refuse.New(refuse.Invalid, "BODY_TOO_LARGE",
		"A request has at most %d bytes. Ask for less at once, or send what varies as variables.")
	errSlow = refuse.New(refuse.Invalid, "BODY_TOO_SLOW",
		"The request did not arrive in time. Send it again, in one go.")
	errRequest = refuse.New(refuse.Invalid, "REQUEST_INVALID", "%s.")
)

// statuses say by code what is answered whatever the media type. What is not here
// is a mistake in the document or in its variables: 400, or 200 with
// application/json, whose clients expect that.
var statuses = map[string]int{
	errWebSocket.Code:          http.StatusBadRequest,
	errMethod.Code:             http.StatusMethodNotAllowed,
	errMediaType.Code:          http.StatusUnsupportedMediaType,
	errNotAcceptable.Code:      http.StatusNotAcceptable,
	errBody.Code:               http.StatusRequestEntityTooLarge,
	errSlow.Code:               http.StatusRequestTimeout,
	errRequest.Code:            http.StatusBadRequest,
	"POSITION_INVALID":         http.StatusBadRequest, // a header
	"UNAUTHENTICATED":          http.StatusUnauthorized,
	"RATE_LIMITED":             http.StatusTooManyRequests,
	"FAULT":                    http.StatusInternalServerError,
	refuse.ErrBusy.Code:        http.StatusServiceUnavailable,
	refuse.ErrStale.Code:       http.StatusServiceUnavailable,
	refuse.ErrContended.Code:   http.StatusServiceUnavailable,
	refuse.ErrFull.Code:        http.StatusServiceUnavailable,
	refuse.ErrUnavailable.Code: http.StatusServiceUnavailable,
	"TIMED_OUT":                http.StatusServiceUnavailable,
	"SLOW_READER":              http.StatusServiceUnavailable,
	"STOPPING":                 http.StatusServiceUnavailable,
	"TOO_MANY_OF_YOURS":        http.StatusServiceUnavailable,
	"TOO_MANY_SUBSCRIBERS":     http.StatusServiceUnavailable,
}

// listed is the first status that the codes of errors have in the table.
func listed(errs gqlerror.List) (status int, is bool) {
	for _, err := range errs {
		code, _ := err.Extensions["code"].(string)
		if status, is = statuses[code]; is {
			return status, true
		}
	}
	return 0, false
}

// retryAfter is when what has such a status may be asked again, in whole seconds
// of at least one: as the refusal says, or soon.
func retryAfter(errs gqlerror.List) string {
	seconds := 1.0
	for _, err := range errs {
		switch said := err.Extensions["retryAfter"].(type) {
		case int:
			seconds = max(seconds, float64(said))
		case float64:
			seconds = max(seconds, said)
		}
	}
	return strconv.FormatFloat(math.Ceil(min(seconds, 3600)), 'f', 0, 64)
}
