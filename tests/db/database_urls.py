"""Database URLs as providers of PostgreSQL hand them out."""

from typing import Final

HANDED_OUT: Final = {
    "Neon": (
        "postgresql://alex:AbC123dEf@ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech"
        "/dbname?sslmode=require&channel_binding=require"
    ),
    "Neon, for clients without SNI": (
        "postgresql://alex:AbC123dEf@ep-cool-darkness-123456.us-east-2.aws.neon.tech/dbname"
        "?sslmode=require&options=endpoint%3Dep-cool-darkness-123456"
    ),
    "Neon, verified": (
        "postgresql://alex:AbC123dEf@ep-cool-darkness-123456.us-east-2.aws.neon.tech/dbname"
        "?sslmode=verify-full&sslrootcert=system&channel_binding=require"
    ),
    "Supabase, direct": (
        "postgresql://postgres:AbC123dEf@db.abcdefghijklmnopqrst.supabase.co:5432/postgres"
    ),
    "Supabase, pooled": (
        "postgres://postgres.abcdefghijklmnopqrst:AbC123dEf@aws-0-eu-central-1.pooler.supabase.com"
        ":6543/postgres?pgbouncer=true&connect_timeout=15"
    ),
    "Render, within": "postgresql://cook:AbC123dEf@dpg-abc123def456-a/fridge",
    "Render, from outside": (
        "postgresql://cook:AbC123dEf@dpg-abc123def456-a.oregon-postgres.render.com/fridge?ssl=true"
    ),
    "Heroku": (
        "postgres://uabc123:p0123456789abcdef@ec2-52-1-2-3.compute-1.amazonaws.com:5432/dabc123"
    ),
    "AWS RDS": (
        "postgresql://cook:AbC123dEf@fridge.abc123def456.eu-west-1.rds.amazonaws.com:5432/fridge"
        "?sslmode=require&connect_timeout=10&application_name=fridge&target_session_attrs=read-write"
    ),
    "Azure": (
        "postgresql://cook%40fridge:AbC123dEf@fridge.postgres.database.azure.com:5432/postgres"
        "?sslmode=require&gssencmode=disable"
    ),
    "DigitalOcean": (
        "postgresql://doadmin:AbC123dEf@db-postgresql-fra1-12345-do-user-1234567-0.b.db"
        ".ondigitalocean.com:25060/defaultdb?sslmode=require"
    ),
}
