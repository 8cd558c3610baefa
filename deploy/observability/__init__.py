"""Configuration of Prometheus and Grafana: scraping, alerts, a dashboard."""
