// Package deploy holds what the platform is deployed with, for the one process
// that deploys itself.
package deploy

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed nats.conf
var natsConf string

// Users are the services that have an account on NATS.
var Users = []string{"book", "network", "contract", "funding", "workforce", "gateway"}

// NATS is what nats.conf leaves open.
type NATS struct {
	Name      string
	Listen    string            // host:port
	Dir       string            // where JetStream keeps what can be made again
	Passwords map[string]string // of each of Users
}

// Conf is nats.conf with its variables set, for a server that is not started
// from the file itself.
func Conf(n NATS) (string, error) {
	variables := map[string]string{
		"OPENBOOK_NATS_NAME":   n.Name,
		"OPENBOOK_NATS_LISTEN": n.Listen,
		"OPENBOOK_NATS_DIR":    n.Dir,
	}
	for _, user := range Users {
		if n.Passwords[user] == "" {
			return "", fmt.Errorf("the NATS user %s has no password", user)
		}
		variables["OPENBOOK_NATS_"+strings.ToUpper(user)+"_PASSWORD"] = n.Passwords[user]
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		fmt.Fprintf(&b, "%s: %s\n", name, quote(variables[name]))
	}
	return b.String() + natsConf, nil
}

// quote writes s as a string of NATS' configuration language, whose escapes are
// not Go's.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
