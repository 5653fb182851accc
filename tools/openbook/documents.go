package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform"
)

func documents() *cobra.Command {
	cmd := group("documents", "Check documents that the gateway is to trust")
	cmd.Long = `A trusted document has wider limits than one that anybody may send, and may be
asked by GET or by its SHA-256 alone. Those in a folder are trusted by
` + "`openbook up --documents FOLDER`" + ` or ` + "`openbook serve gateway --documents FOLDER`" + `.`
	cmd.Example = "  openbook documents check ./dashboards"
	cmd.AddCommand(
		documentsCommand("check FOLDER", "Check a folder of documents, and say what they cost",
			"Reads the *.graphql files of a folder as the gateway would; no platform is needed.\nIt exits with 1 if one of them would not be trusted: then none would be.",
			"  openbook documents check ./dashboards", func(args []string) platform.Documents { return platform.CheckDocuments(args[0]) }),
		documentsCommand("list", "List the documents that every gateway trusts", "", "  openbook documents list --json",
			func([]string) platform.Documents { return platform.ShippedDocuments() }),
	)
	return cmd
}

// errDistrusted ends a check that found mistakes; they have been told.
var errDistrusted = errors.New("the gateway would trust none of them: correct what is named above")

func documentsCommand(use, short, long, example string, look func(args []string) platform.Documents) *cobra.Command {
	cmd := &cobra.Command{Use: use, Args: exactly, Short: short, Long: long, Example: example}
	json := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		found := look(args)
		if err := reportDocuments(cmd, found, *json); err != nil {
			return err
		}
		if len(found.Problems) > 0 {
			return errDistrusted
		}
		return nil
	}
	return cmd
}

func reportDocuments(cmd *cobra.Command, found platform.Documents, json bool) error {
	out := cmd.OutOrStdout()
	if json {
		return printJSON(cmd, found)
	}
	for _, p := range found.Problems {
		fmt.Fprintln(out, p.Error())
	}
	if len(found.Documents) == 0 {
		_, err := fmt.Fprintln(out, "There are no documents (*.graphql) that could be trusted.")
		return err
	}
	rows := [][]string{{"DOCUMENT", "OPERATION", "COST", "SHA-256"}}
	for _, d := range found.Documents {
		rows = append(rows, []string{d.File, d.Kind + " " + d.Operation, fmt.Sprint(d.Cost), d.SHA256})
	}
	return table(out, rows...)
}
