package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform"
)

func keys() *cobra.Command {
	cmd := &cobra.Command{
		Use: "keys FOLDER", Args: exactly,
		Short: "Make the keys with which a gateway and a book sign",
		Long: "Writes new keys: gateway.key for the gateway alone, gateway.pub for every service\n" +
			"that decides, book.key for the book alone. Keys that are there are never overwritten.",
		Example: "  openbook keys ./secrets --origin book.example.nhs.uk/QZ1",
	}
	origin := cmd.Flags().String("origin", "", "`name` under which the book signs, such as book.example.nhs.uk/QZ1")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *origin == "" {
			return usage{cmd, errors.New("a book signs under a name that stays: give it by --origin, such as book.example.nhs.uk/QZ1")}
		}
		private, public, book, err := platform.GenerateKeys(args[0], *origin)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("there are keys in %s already, and keys are never overwritten: name another folder", args[0])
		}
		if err != nil {
			return err
		}
		return table(cmd.OutOrStdout(),
			[]string{private, "for --signing-key of the gateway; keep it secret"},
			[]string{public, "for --verification-key of the other services"},
			[]string{book, "for --book-key of the book; keep it secret, and a copy of it apart"})
	}
	cmd.AddCommand(
		changing("rotate", "Add a new key to those a book signs with",
			"The old key goes on signing beside the new one, so that whoever trusts the one can learn\nof the other. Start the book again, publish its book.pub, and retire the old key later.", platform.RotateKeys),
		changing("retire", "Sign with the newest of a book's keys alone",
			"Of the others the public half is kept: what they signed stays verifiable. Start the book\nagain.", platform.RetireKeys))
	return cmd
}

func changing(name, short, long string, change func(path string) error) *cobra.Command {
	return &cobra.Command{
		Use: name + " FILE", Short: short, Long: short + ".\n\n" + long, Args: exactly, Example: "  openbook keys " + name + " ./secrets/book.key",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := change(args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is changed. Start the book again.\n", args[0])
			return err
		},
	}
}
