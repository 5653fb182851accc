package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/ics-openbook/openbook/api/ask"
)

// deepest is how far JSON may be nested; no input of ours is half as deep. most is
// how many values there may be: reading them takes the time, and more than
// variables may have are refused later anyway (package limit).
const deepest, most = 64, 21_000

var (
	errDeep = fmt.Errorf("is nested more than %d deep", deepest)
	errMost = fmt.Errorf("has more than %d values", most)
)

// object reads what must be one JSON object; what names it where that is refused.
func object(what string, text []byte) (map[string]any, error) {
	read, err := value(what, text)
	if err != nil {
		return nil, err
	}
	switch o := read.(type) {
	case map[string]any:
		return o, nil
	case []any:
		return nil, errRequest.About("", what+" is a list: requests are not taken in batches. Send each by itself")
	}
	return nil, errRequest.About("", what+" must be a JSON object with the text of a GraphQL document as `query`")
}

// value reads one JSON value and nothing after it. Of a member that is there
// twice, one reader takes the first and another the last, so neither is taken.
func value(what string, text []byte) (any, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, errRequest.About("", what+" is not in UTF-8")
	}
	d := &reader{Decoder: json.NewDecoder(bytes.NewReader(text)), left: most}
	d.UseNumber()
	read, err := d.next(0)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("has something after its end")
		}
	}
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return read, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errRequest.About("", what+" is not JSON: it ends before it is whole")
	case errors.As(err, &syntax):
		return nil, errRequest.About("", fmt.Sprintf("%s is not JSON, from byte %d on: %s", what, d.InputOffset(), syntax))
	}
	return nil, errRequest.About("", what+" "+err.Error())
}

type reader struct {
	*json.Decoder
	left int // values that there may still be
}

// next reads the value that d comes to, which is depth deep in others.
func (d *reader) next(depth int) (any, error) {
	if d.left--; d.left < 0 {
		return nil, errMost
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch opened, is := token.(json.Delim); {
	case !is:
		return token, nil
	case depth == deepest:
		return nil, errDeep
	case opened == '[':
		list := []any{}
		for d.More() {
			member, err := d.next(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, member)
		}
		_, err = d.Token()
		return list, err
	}
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the decoder takes nothing else here
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("has the member %q twice", ask.Clip(name))
		}
		if object[name], err = d.next(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return object, err
}
