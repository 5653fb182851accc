package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/services/platform"
)

func keys() *cobra.Command {
	return &cobra.Command{
		Use: "keys FOLDER", Args: exactly,
		Short: "Make the keys with which a gateway signs what it asks",
		Long: "Writes a new pair of keys: gateway.key for the gateway alone, gateway.pub for every\n" +
			"service that decides. Keys that are there are never overwritten.",
		Example: "  openbook keys ./secrets",
		RunE: func(cmd *cobra.Command, args []string) error {
			private, public, err := platform.GenerateKeys(args[0])
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("there are keys in %s already, and keys are never overwritten: name another folder", args[0])
			}
			if err != nil {
				return err
			}
			return table(cmd.OutOrStdout(),
				[]string{private, "for --signing-key of the gateway; keep it secret"},
				[]string{public, "for --verification-key of the other services"})
		},
	}
}
