import { useState } from "react";
import { StarsInput } from "@/components/ui/stars";
import { BookingCard } from "@/features/booking/booking-card";
import { meter } from "@/features/booking/free-period";
import { RetryPayment } from "@/features/booking/retry-payment";
import { SessionDial } from "@/features/booking/session-dial";
import { Timeline } from "@/features/booking/timeline";
import { RateSession } from "@/features/rating/rate-session";
import { Reply, ReplyForm } from "@/features/rating/reply";
import { BOOKINGS, NOW, RATINGS, bookingIn } from "./samples";
import { Section, Specimen, Specimens } from "./section";

const running = (minutes: number) => meter(new Date(NOW - minutes * 60_000).toISOString(), 600, NOW);

export function Bookings() {
  const [score, setScore] = useState(4);
  const reply = RATINGS[0]?.reply;
  return (
    <Section id="bookings" title="Bookings and sessions">
      <Specimens>
        {BOOKINGS.map((booking) => (
          <Specimen key={booking.status} title={`Card of the seeker, ${booking.status}`} wide>
            <BookingCard booking={booking} side="seeker" now={NOW} />
          </Specimen>
        ))}
        {BOOKINGS.map((booking) => (
          <Specimen key={booking.status} title={`Card of the consultant, ${booking.status}`} wide>
            <BookingCard booking={booking} side="consultant" now={NOW} />
          </Specimen>
        ))}
        <Specimen title="Timeline of the seeker">
          <Timeline booking={bookingIn("completed")} side="seeker" />
        </Specimen>
        <Specimen title="Timeline that loads">
          <Timeline booking={bookingIn("confirmed")} side="seeker" />
        </Specimen>
        <Specimen title="The free period">
          <SessionDial state={running(4)} />
        </Specimen>
        <Specimen title="After the free period">
          <SessionDial state={running(34)} />
        </Specimen>
        <Specimen title="A payment that failed: the seeker" wide>
          <RetryPayment booking={bookingIn("payment_failed")} side="seeker" />
        </Specimen>
        <Specimen title="A payment that failed: the consultant" wide>
          <RetryPayment booking={bookingIn("payment_failed")} side="consultant" />
        </Specimen>
        <Specimen title="Stars, chosen">
          <StarsInput value={score} onChange={setScore} />
        </Specimen>
        <Specimen title="A rating to give">
          <RateSession booking={bookingIn("completed")} />
        </Specimen>
        <Specimen title="A reply to write">
          <ReplyForm booking={bookingIn("completed")} />
        </Specimen>
        <Specimen title="A reply">{reply && <Reply by="Ada" reply={reply} />}</Specimen>
      </Specimens>
    </Section>
  );
}
