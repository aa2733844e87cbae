import type { TrafficType } from "@richline/contract";

/** Priority of a message when none is given; 0 is the most urgent. Urgent traffic overtakes bulk. */
export const trafficPriority: Readonly<Record<TrafficType, number>> = {
  AUTHENTICATION: 0,
  TRANSACTION: 3,
  SERVICEREQUEST: 3,
  ACKNOWLEDGEMENT: 3,
  PROMOTION: 6,
};

/** Whether messages of a priority overtake a backlog that waits for room: one-time codes do. */
export function isUrgent(priority: number): boolean {
  return priority <= urgentMax;
}

/** The least urgent of what is urgent. */
export const urgentMax = trafficPriority.AUTHENTICATION;

/** Traffic that names no type is about something the person did. */
export const defaultTrafficType = "TRANSACTION" satisfies TrafficType;

/** Number of priorities, 0 to 9. */
export const priorityCount = 10;
