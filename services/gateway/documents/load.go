package documents

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// What a folder may hold.
const (
	suffix    = ".graphql"
	mostFiles = 500
	mostBytes = 64 << 10 // of one document
)

// Row is one operation of a document: what `openbook documents check` tells.
type Row struct {
	File      string `json:"file"`
	SHA256    string `json:"sha256"`
	Operation string `json:"operation"` // its name, or empty
	Kind      string `json:"kind"`      // query, mutation or subscription
	Cost      int    `json:"cost"`      // with the variables that it has of itself
}

// Problem is why a document is not trusted.
type Problem struct {
	File    string `json:"file,omitempty"` // empty for the folder itself
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error says where, what and what to do.
func (p Problem) Error() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, p.Line, p.Column)
	}
	if where != "" {
		where += ": "
	}
	return where + p.Message
}

var (
	errFolder = refuse.New(refuse.Invalid, "DOCUMENTS_UNREADABLE", "%s. Name a folder that this process may read.")
	errMany   = refuse.New(refuse.Invalid, "TOO_MANY_DOCUMENTS", "The folder has more than %d documents. Take out those that nothing sends any more.")
	errBytes  = refuse.New(refuse.Invalid, "DOCUMENT_TOO_LONG", "The document has more than %d bytes. Divide it.")
	errEmpty  = refuse.New(refuse.Invalid, "DOCUMENT_MISSING", "The file has no operation. Write one, or take the file out.")
	errDear   = refuse.New(refuse.Invalid, "COMPLEXITY_LIMIT_EXCEEDED",
		"The operation costs %d; %d is the most of a trusted one. What costs most: %s. Ask for shorter pages or fewer lists within lists.")
	errText = refuse.New(refuse.Invalid, "MALFORMED", "The document is not UTF-8 text. Save it as such.")
)

type file struct{ name, text string }

// read reads the documents of a folder, in the order of their names. Files of
// other kinds, and folders within, are left alone.
func read(in fs.FS) (files []file, problems []Problem) {
	entries, err := fs.ReadDir(in, ".")
	if err != nil {
		return nil, []Problem{about("", errFolder.About("", plainly(err)))}
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if len(files) == mostFiles {
			return files, append(problems, about("", errMany.About("", mostFiles)))
		}
		text, err := contents(in, e.Name())
		switch no, is := refuse.From(err); {
		case is:
			problems = append(problems, about(e.Name(), no))
		case err != nil:
			problems = append(problems, about(e.Name(), errFolder.About("", plainly(err))))
		default:
			files = append(files, file{e.Name(), text})
		}
	}
	return files, problems
}

func contents(in fs.FS, name string) (string, error) {
	f, err := in.Open(name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	switch err := errors.Join(err, f.Close()); {
	case err != nil:
		return "", err
	case len(text) > mostBytes:
		return "", errBytes.About("", mostBytes)
	case !utf8.Valid(text):
		return "", errText
	}
	return string(text), nil
}

// plainly is what went wrong with a file, without the name that is told beside.
func plainly(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return "It cannot be read: " + err.Error()
}

func about(name string, r *refuse.Refusal) Problem {
	return Problem{File: name, Code: r.Code, Message: r.Message}
}

// load makes a set of files, and says what their operations cost and what is
// wrong with those that are.
func load(files []file) (set Set, rows []Row, problems []Problem) {
	set = Set{}
	for _, f := range files {
		d, errs := limit.Read(schema(), f.text, true)
		for _, e := range errs {
			p := Problem{File: f.name, Message: e.Message}
			p.Code, _ = e.Extensions["code"].(string)
			if p.Code == errEmpty.Code { // the words are those for a request
				p.Message = errEmpty.Message
			}
			if len(e.Locations) > 0 {
				p.Line, p.Column = e.Locations[0].Line, e.Locations[0].Column
			}
			problems = append(problems, p)
		}
		if len(errs) > 0 {
			continue
		}
		set[d.Hash] = d
		for _, op := range d.Parsed.Operations {
			cost := Prices().Of(op, limit.Defaults(op))
			if most := limit.Trusted.Cost; cost > most {
				problems = append(problems, tooDear(f.name, op, cost, most))
			}
			rows = append(rows, Row{f.name, d.Hash.String(), op.Name, string(op.Operation), cost})
		}
	}
	return set, rows, problems
}

func tooDear(name string, op *ast.OperationDefinition, cost, most int) Problem {
	p := about(name, errDear.About("", cost, most, Prices().Dearest(op, limit.Defaults(op))))
	p.Line, p.Column = op.Position.Line, op.Position.Column
	return p
}
