package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/services/platform"
)

// errUnwell ends a command that has said itself what is wrong.
var errUnwell = errors.New("")

// explain turns an error into an exit code and words for a person: what is
// wrong, and what to do.
func explain(cmd *cobra.Command, err error) (code int, text string) {
	var (
		called      usage
		refused     *client.Problems
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &called):
		return misread, misreading(called)
	case errors.As(err, &refused):
		return notDone, problems(cmd, refused)
	case errors.Is(err, context.Canceled):
		return notDone, "Stopped."
	case errors.Is(err, client.ErrForeign):
		return notDone, fmt.Sprintf("What answers at %s is not a platform. Check --url.", valueOf(cmd, "url"))
	case errors.As(err, &certificate):
		return notDone, fmt.Sprintf("Nobody this machine trusts vouches for %s. Name the authority's certificate by --ca.", valueOf(cmd, "url"))
	case errors.Is(err, client.ErrUnreachable):
		return notDone, fmt.Sprintf("No platform answers at %s. Start one by `%s up`, or name another by --url.", valueOf(cmd, "url"), self())
	case errors.Is(err, platform.ErrNoBook):
		return notDone, nowhere(cmd)
	}
	return notDone, sentences(err)
}

// misreading says what is wrong with the call, and what a right one looks like.
func misreading(called usage) string {
	text := sentences(called.err)
	if !called.cmd.HasSubCommands() {
		text += "\nUse: " + called.cmd.UseLine()
	}
	return text + "\nSee `" + called.cmd.CommandPath() + " --help`."
}

// nowhere says that there is no platform where one was looked for.
func nowhere(cmd *cobra.Command) string {
	text := fmt.Sprintf("No platform has run in the folder %s. Start one by `%s up`, or name the folder of another by --data", valueOf(cmd, "data"), self())
	if cmd.Flags().Lookup("token") != nil {
		text += "; elsewhere, say who you are by --token-file"
	}
	return text + "."
}

// problems are the platform's own sentences, each with the flag or argument it
// is about.
func problems(cmd *cobra.Command, p *client.Problems) string {
	var lines []string
	for _, reason := range p.Reasons {
		if reason.Code == "UNAUTHENTICATED" {
			reason.Message = "The platform at " + valueOf(cmd, "url") + " does not accept your token: it has ended, or was issued elsewhere. " +
				"Give another by --token-file, or name the platform's own data folder by --data."
		}
		lines = append(lines, field(cmd, reason.Path)+reason.Message)
	}
	return strings.Join(lines, "\n")
}

// field is how an input field is given on the command line, with a colon; empty
// where it is not.
func field(cmd *cobra.Command, path string) string {
	if short, is := shorter[path]; is {
		path = short
	}
	var kebab strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			kebab.WriteByte('-')
		}
		kebab.WriteRune(unicode.ToLower(r))
	}
	for _, name := range parameters(cmd) {
		if strings.EqualFold(name, path) {
			return name + ": "
		}
	}
	if cmd.Flags().Lookup(kebab.String()) != nil {
		return "--" + kebab.String() + ": "
	}
	return ""
}

// shorter is what the command line calls input fields, where it is not the same.
var shorter = map[string]string{"idempotencyKey": "key", "fundingStream": "stream", "missing.fundingStream": "missing", "missing.amount": "amount", "corrections": "correction"}

// valueOf is the value of a flag of cmd.
func valueOf(cmd *cobra.Command, name string) string {
	if f := cmd.Flags().Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// sentences are what an error says, line by line, each as one.
func sentences(err error) string {
	if path, alone := err.(*fs.PathError); alone { //nolint:errorlint // wrapped, it has its sentence
		return fmt.Sprintf("%s: %s.", path.Path, path.Err)
	}
	var lines []string
	for line := range strings.Lines(err.Error()) {
		lines = append(lines, sentence(strings.TrimSpace(line)))
	}
	return strings.Join(lines, "\n")
}

// sentence begins with a capital letter, unless it begins with a name of
// something, such as a file, and ends with a full stop.
func sentence(text string) string {
	word, _, _ := strings.Cut(text, " ")
	if !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLower(r) && r != ',' }) && word != "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if text != "" && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}
