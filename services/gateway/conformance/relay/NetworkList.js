import { graphql } from "react-relay";

export const query = graphql`
  query NetworkListQuery($count: Int!, $cursor: String, $system: SystemCode!) {
    system(code: $system) {
      ...NetworkList_system
    }
    ...NetworkList_networks
  }
`;

export const system = graphql`
  fragment NetworkList_system on System {
    id
    name
  }
`;

// A list that grows as one scrolls.
export const networks = graphql`
  fragment NetworkList_networks on Query @refetchable(queryName: "NetworkListPaginationQuery") {
    networks(first: $count, after: $cursor, filter: { system: $system }) @connection(key: "NetworkList_networks") {
      edges {
        node {
          id
          ...NetworkList_network
        }
      }
    }
  }
`;

// What is asked again by its global id, through node.
export const network = graphql`
  fragment NetworkList_network on Network @refetchable(queryName: "NetworkListNetworkQuery") {
    code
    name
    practiceCount {
      value
      unit
    }
  }
`;

export const rename = graphql`
  mutation NetworkListRenameMutation($input: RenameNetworkInput!) {
    renameNetwork(input: $input) {
      problems {
        code
        message
        path
      }
      network {
        ...NetworkList_network
      }
    }
  }
`;

export const changed = graphql`
  subscription NetworkListChangedSubscription($code: NetworkCode!) {
    networkChanged(code: $code) {
      network {
        ...NetworkList_network
      }
    }
  }
`;
