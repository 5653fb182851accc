// Package graph answers GraphQL. Its resolvers are thin: what is shown comes
// from the views, what is asked goes to the services.
package graph

//go:generate go tool gqlgen generate --config ../../../api/schema/gqlgen.yml
//go:generate go run ./print ../../../api/schema.graphql
