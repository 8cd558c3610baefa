import { api, body } from "@/lib/api/client";

/** The room, and the servers that the two browsers may use to find each other. */
export const fetchCall = (bookingId: string) =>
  body(api.GET("/bookings/{booking_id}/call", { params: { path: { booking_id: bookingId } } }));

/** The same in the form that RTCPeerConnection takes. */
export async function fetchConfiguration(bookingId: string): Promise<RTCConfiguration> {
  const { ice_servers, ice_transport_policy } = await fetchCall(bookingId);
  return {
    iceServers: ice_servers as RTCIceServer[],
    iceTransportPolicy: ice_transport_policy,
    bundlePolicy: "max-bundle",
  };
}
