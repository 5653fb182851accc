// Package graph answers GraphQL. Its resolvers are thin: what is shown comes
// from the views, what is asked goes to the services.
package graph

//go:generate go tool gqlgen generate --config ../../../api/schema/gqlgen.yml

// Of all inputs' readers gqlgen makes a map for each request, for directives that read
// an input themselves. There is none, and it was a tenth of what a request allocates.
//go:generate perl -0pi -e "s/\\tinputUnmarshalMap := .*?\\n\\t\\)\\n//s; s/\\t+ctx = graphql.WithUnmarshalerMap.*\\n//g" generated/exec.go
//go:generate go run ./print ../../../api/schema.graphql
