package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/client"
)

// mostDocument is more than a platform takes.
const mostDocument = 1 << 20 // bytes

func query() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "query [DOCUMENT]",
		Short: "Send a GraphQL document: a query, mutation or subscription",
		Long: "Sends a document, from the command line, a file, or, with -, from standard input, and\n" +
			"prints its data. A subscription prints a line for each change, until Ctrl-C.",
		Example: `  openbook query '{ networks(first: 10) { nodes { code name } } }'
  openbook query 'query($c: NetworkCode!) { network(code: $c) { name } }' --var c=U99001`,
	}
	flags := cmd.Flags()
	a := accessFlags(cmd, flags)
	file := flags.StringP("file", "f", "", "`file` with the document")
	vars := flags.StringArray("var", nil, "a variable as `name=value`; as often as there are variables")
	raw := flags.Bool("json", false, "print data on one line")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		document, err := read(cmd, args, *file)
		if err != nil {
			return err
		}
		variables, err := variables(*vars)
		if err != nil {
			return usage{cmd, err}
		}
		if client.IsSubscription(document) {
			return stream(cmd, a, document, variables)
		}
		c, err := a.client(cmd)
		if err != nil {
			return err
		}
		data, _, err := c.Do(cmd.Context(), document, variables)
		return errors.Join(printData(cmd.OutOrStdout(), data, *raw), err)
	}
	return cmd
}

// read returns the document that was named one way or another.
func read(cmd *cobra.Command, args []string, file string) (string, error) {
	var from io.Reader
	switch {
	case len(args) > 1:
		return "", usage{cmd, fmt.Errorf("%q is one too many: put the document in quotes", args[1])}
	case len(args) == 1 && file != "":
		return "", usage{cmd, errors.New("there are two documents: give it, or its file by -f")}
	case len(args) == 0 && file == "":
		return "", usage{cmd, errors.New("the document is missing: give it in quotes, by -f FILE, or by - on standard input")}
	case len(args) == 1 && args[0] != "-":
		return args[0], nil
	case len(args) == 1 || file == "-":
		from = cmd.InOrStdin()
	default:
		f, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer f.Close() //nolint:errcheck // it was only read
		from = f
	}
	document, err := io.ReadAll(io.LimitReader(from, mostDocument))
	return string(document), err
}

// variables reads name=value. A value is JSON where it is an object, a list, a
// number, true, false, null or in quotes; anything else is text.
func variables(pairs []string) (map[string]any, error) {
	all := map[string]any{}
	for _, pair := range pairs {
		name, value, two := strings.Cut(pair, "=")
		if !two || name == "" {
			return nil, fmt.Errorf("--var: write %q as name=value", pair)
		}
		if json.Valid([]byte(value)) {
			all[name] = json.RawMessage(value)
		} else {
			all[name] = value
		}
	}
	return all, nil
}

func printData(w io.Writer, data json.RawMessage, raw bool) error {
	var out bytes.Buffer
	switch {
	case len(data) == 0 || string(data) == "null":
		return nil
	case raw:
		out.Write(data)
	default:
		if err := json.Indent(&out, data, "", "  "); err != nil {
			return err
		}
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}

func stream(cmd *cobra.Command, a *access, document string, variables map[string]any) error {
	c, err := a.client(cmd, client.Retries(20, time.Minute))
	if err != nil {
		return err
	}
	for data, err := range c.Subscribe(cmd.Context(), document, variables) {
		switch {
		case errors.Is(err, context.Canceled):
			return nil // by Ctrl-C, as it is meant to end
		case err != nil:
			return err
		}
		if err := printData(cmd.OutOrStdout(), data, true); err != nil {
			return err
		}
	}
	return nil
}
