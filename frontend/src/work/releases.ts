// The releases of the organization, as more than one screen asks for them.

import { useQuery } from "@tanstack/react-query";

import { answer, client } from "../api/client";

export function useReleases() {
  return useQuery({ queryKey: ["releases"], queryFn: () => answer(client.GET("/api/v1/releases/")) });
}
