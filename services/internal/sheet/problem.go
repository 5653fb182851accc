package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is why a file cannot be read as it is: where, and a sentence that
// says what to do about it. It is the only kind of error this package has.
type Problem struct {
	File    string // its name, without the folder
	Sheet   string // of a workbook
	Line    int    // as an editor or Excel counts, from 1; 0 if it is about the whole
	Column  string // the header, as the file has it
	Message string
}

// Error puts the place before the message: "ePCN.xlsx, sheet PCNDetails, line
// 12, column Open Date: …".
func (p *Problem) Error() string {
	where := p.File
	if p.Sheet != "" {
		where += ", sheet " + p.Sheet
	}
	if p.Line > 0 {
		where += fmt.Sprintf(", line %d", p.Line)
	}
	if p.Column != "" {
		where += ", column " + p.Column
	}
	return where + ": " + p.Message
}

// place is a file, or one sheet of it.
type place struct{ file, sheet string }

func (p place) problem(message string, args ...any) *Problem { return p.at(0, "", message, args...) }

func (p place) at(line int, column, message string, args ...any) *Problem {
	return &Problem{File: p.file, Sheet: p.sheet, Line: line, Column: column, Message: fmt.Sprintf(message, args...)}
}

// found returns the problem that reading met underneath a decoder, now that
// the line is known.
func (p place) found(err error, line int) (*Problem, bool) {
	var under *Problem
	if !errors.As(err, &under) {
		return nil, false
	}
	here := *under
	here.Sheet, here.Line = p.sheet, line
	return &here, true
}

const (
	asCSV   = "Save it as CSV UTF-8 and try again."
	again   = "Get the file anew from where it came from and try again."
	damaged = "Part of the file is damaged or missing. " + again
)

// listed joins what a file holds for a message, and is short whatever that is.
func listed(all []string) string {
	const most, longest = 40, 60
	var some []string
	for _, one := range all {
		one = clean(one)
		if runes := []rune(one); len(runes) > longest {
			one = string(runes[:longest]) + "…"
		}
		if one != "" {
			some = append(some, one)
		}
	}
	if more := len(some) - most; more > 0 {
		some = append(some[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(some, ", ")
}

// shown is a value in a message: quoted, and short whatever it is.
func shown(value string) string {
	const longest = 40
	if runes := []rune(value); len(runes) > longest {
		value = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", value)
}
