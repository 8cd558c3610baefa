"""The API's description and the services say the same of what clients may send: what it allows is
accepted, or refused for a documented reason that lies in the state of things; what it forbids is
refused as invalid, by the field's name.
"""
