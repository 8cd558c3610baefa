"""The demo's users: consultants of many fields, seekers, and their reviews. All of them are
fictional.
"""

from typing import NamedTuple


class Consultant(NamedTuple):
    """`rate` is per hour in minor units; `hours` are slot starts in local time, on `weekdays` (1 is
    Monday).
    """

    address: str
    first_name: str
    last_name: str
    headline: str
    bio: str
    tags: list[str]
    languages: list[str]
    rate: int
    currency: str
    time_zone: str
    weekdays: tuple[int, ...]
    hours: tuple[int, ...]
    minutes: int


class Seeker(NamedTuple):
    """A seeker of the demo."""

    address: str
    first_name: str
    last_name: str
    time_zone: str


class Review(NamedTuple):
    """One past session: the seeker, the message of the request, and the review."""

    seeker: str
    consultant: str
    message: str
    score: int
    comment: str | None


CONSULTANTS = [
    Consultant(
        "consultant@demo.example",
        "Elena",
        "Marković",
        "PostgreSQL performance and data modelling",
        "Fifteen years of keeping busy databases fast. I read query plans for breakfast: bring a "
        "slow query, a schema that hurts, or a migration you are afraid of, and we will look at it "
        "together. Former lead DBA of a ticketing platform with 40 million users.",
        ["postgresql", "databases", "performance", "data modelling"],
        ["en", "de", "sr"],
        14500,
        "eur",
        "Europe/Vienna",
        (1, 2, 3, 4, 5),
        (9, 11, 14),
        60,
    ),
    Consultant(
        "amara.okafor@demo.example",
        "Amara",
        "Okafor",
        "Product strategy for early-stage founders",
        "I help first-time founders find out what to build next, and what to leave out. Two exits "
        "as a product lead, over a hundred founders mentored. We work on your positioning, your "
        "roadmap, and the five conversations with customers that you have been putting off.",
        ["product", "startups", "strategy", "positioning"],
        ["en", "fr"],
        18000,
        "eur",
        "Africa/Lagos",
        (1, 3, 5),
        (10, 15, 17),
        45,
    ),
    Consultant(
        "jonas.lindqvist@demo.example",
        "Jonas",
        "Lindqvist",
        "Kubernetes and platform engineering",
        "Clusters that page nobody at night. I review your set-up, your deployment pipeline and "
        "your bill, and leave you with a list ordered by what it saves. Maintainer of two "
        "operators that you may be running already.",
        ["kubernetes", "devops", "cloud", "observability"],
        ["en", "sv"],
        16000,
        "eur",
        "Europe/Stockholm",
        (2, 3, 4),
        (8, 10, 13, 15),
        60,
    ),
    Consultant(
        "mei.tanaka@demo.example",
        "Mei",
        "Tanaka",
        "UX research: ask better questions, hear real answers",
        "Interviews, usability tests and surveys that change decisions. I will look over your "
        "discussion guide, sit in on a session, or help you make sense of forty pages of notes. "
        "Ten years in fintech and public services.",
        ["ux research", "usability", "interviews", "design"],
        ["en", "ja"],
        12000,
        "eur",
        "Asia/Tokyo",
        (1, 2, 4, 5),
        (10, 13, 16),
        60,
    ),
    Consultant(
        "lucas.almeida@demo.example",
        "Lucas",
        "Almeida",
        "React, TypeScript and front-end architecture",
        "From a tangled front end to one that a team enjoys. State management without tears, "
        "accessible components, tests that don't break on every rename. I teach while we pair on "
        "your own code.",
        ["react", "typescript", "frontend", "accessibility"],
        ["pt", "en", "es"],
        9500,
        "eur",
        "America/Sao_Paulo",
        (1, 2, 3, 4, 5),
        (9, 14, 18),
        60,
    ),
    Consultant(
        "sofia.rossi@demo.example",
        "Sofia",
        "Rossi",
        "Employment and contract law for small companies",
        "Contracts that both sides understand. I advise small companies and freelancers in the EU "
        "on employment, services agreements and data protection. The first session usually answers "
        "the urgent question.",
        ["law", "contracts", "employment", "gdpr"],
        ["it", "en", "fr"],
        22000,
        "eur",
        "Europe/Rome",
        (1, 2, 4),
        (10, 12, 16),
        30,
    ),
    Consultant(
        "david.cohen@demo.example",
        "David",
        "Cohen",
        "Machine learning in production",
        "Models are the easy part. I help with evaluation, data quality, serving costs and the "
        "monitoring that tells you before your customers do. Previously recommender systems at a "
        "streaming service.",
        ["machine learning", "mlops", "python", "data"],
        ["en", "he"],
        21000,
        "usd",
        "Asia/Jerusalem",
        (1, 2, 3, 4),
        (11, 15, 19),
        60,
    ),
    Consultant(
        "priya.raman@demo.example",
        "Priya",
        "Raman",
        "Financial modelling and fundraising",
        "I have built the spreadsheet behind some forty funding rounds, from first angels to "
        "series B. Bring your model: we will find the three numbers that decide everything and "
        "make them hold up to questions.",
        ["finance", "fundraising", "modelling", "startups"],
        ["en", "hi", "ta"],
        15000,
        "usd",
        "Asia/Kolkata",
        (1, 3, 5),
        (11, 16, 20),
        45,
    ),
    Consultant(
        "thomas.weber@demo.example",
        "Thomas",
        "Weber",
        "Security reviews and threat modelling",
        "An hour with somebody who breaks systems for a living, before somebody else does. Web "
        "applications, authentication, cloud permissions. You get notes that a developer can act "
        "on the same day.",
        ["security", "threat modelling", "authentication", "cloud"],
        ["de", "en"],
        17500,
        "eur",
        "Europe/Berlin",
        (2, 3, 5),
        (9, 13, 17),
        60,
    ),
    Consultant(
        "chloe.martin@demo.example",
        "Chloé",
        "Martin",
        "Executive coaching for new managers",
        "Your first team is a different job, and nobody told you. We talk about delegation, "
        "difficult conversations and your own calendar. Certified coach, and for twelve years an "
        "engineering manager myself.",
        ["coaching", "leadership", "management"],
        ["fr", "en"],
        13000,
        "eur",
        "Europe/Paris",
        (1, 2, 3, 4, 5),
        (8, 12, 18),
        45,
    ),
    Consultant(
        "nadia.haddad@demo.example",
        "Nadia",
        "Haddad",
        "Arabic and English for business negotiations",
        "Speak with confidence where it counts. Role plays of your real meetings, the vocabulary "
        "of your field, and what goes unsaid on each side of the table. Interpreter at trade fairs "
        "from Dubai to Hanover.",
        ["languages", "arabic", "negotiation", "communication"],
        ["ar", "en", "de"],
        6000,
        "eur",
        "Asia/Dubai",
        (1, 2, 3, 4),
        (9, 11, 17),
        60,
    ),
    Consultant(
        "oliver.hughes@demo.example",
        "Oliver",
        "Hughes",
        "SEO and content that people want to read",
        "No tricks. I go through your site, your search console and your competitors, and we agree "
        "on ten pages worth writing. Editor turned marketer; my clients range from bakeries to "
        "software houses.",
        ["seo", "content", "marketing", "writing"],
        ["en"],
        8000,
        "gbp",
        "Europe/London",
        (1, 2, 4, 5),
        (10, 14, 16),
        60,
    ),
]

SEEKERS = [
    Seeker("seeker@demo.example", "Maya", "Fischer", "Europe/Berlin"),
    Seeker("pablo.garcia@demo.example", "Pablo", "García", "Europe/Madrid"),
    Seeker("hannah.nowak@demo.example", "Hannah", "Nowak", "Europe/Warsaw"),
    Seeker("kwame.mensah@demo.example", "Kwame", "Mensah", "Africa/Accra"),
    Seeker("ines.duarte@demo.example", "Inês", "Duarte", "Europe/Lisbon"),
    Seeker("sam.taylor@demo.example", "Sam", "Taylor", "America/New_York"),
]

# Assigned to the seekers in turn; each consultant once, because today's slots overlap.
REVIEWS = [
    Review(
        "seeker@demo.example",
        "thomas.weber@demo.example",
        "Could we look at our login flow?",
        5,
        "Found two real holes within the hour and was kind about it.",
    ),
    Review(
        "seeker@demo.example",
        "chloe.martin@demo.example",
        "I lead a team of five since March.",
        5,
        "I left with a plan for the conversation I had been avoiding.",
    ),
    Review(
        "pablo.garcia@demo.example",
        "consultant@demo.example",
        "One query takes 40 seconds.",
        5,
        "The query takes 80 milliseconds now. I understand why, too.",
    ),
    Review(
        "pablo.garcia@demo.example",
        "jonas.lindqvist@demo.example",
        "Our cluster bill doubled.",
        4,
        "Very clear advice. A little fast for a beginner.",
    ),
    Review(
        "hannah.nowak@demo.example",
        "amara.okafor@demo.example",
        "Which of three features comes first?",
        5,
        "She asked the question that we should have asked a year ago.",
    ),
    Review(
        "hannah.nowak@demo.example",
        "sofia.rossi@demo.example",
        "A contract with our first freelancer.",
        4,
        "Good template and good explanations.",
    ),
    Review(
        "kwame.mensah@demo.example",
        "lucas.almeida@demo.example",
        "Too much state everywhere.",
        5,
        "Pairing on our own code was worth every minute.",
    ),
    Review(
        "kwame.mensah@demo.example",
        "priya.raman@demo.example",
        "Is my model ready for investors?",
        5,
        None,
    ),
    Review(
        "ines.duarte@demo.example",
        "david.cohen@demo.example",
        "How do we know that the model is good?",
        3,
        "Helpful, though I had hoped for more about evaluation.",
    ),
    Review(
        "ines.duarte@demo.example",
        "nadia.haddad@demo.example",
        "A negotiation in Dubai next month.",
        5,
        "The role play was uncomfortable and exactly right.",
    ),
    Review(
        "sam.taylor@demo.example",
        "mei.tanaka@demo.example",
        "Please tear my interview guide apart.",
        4,
        "She did, politely. The new guide is half as long.",
    ),
]
