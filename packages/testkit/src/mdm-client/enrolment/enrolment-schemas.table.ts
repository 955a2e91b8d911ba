/**
 * Names of the enrolment services.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/on-premise-authentication-device-enrollment
 */
export const enrolmentNames = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://www.w3.org/2005/08/addressing',
  discovery: 'http://schemas.microsoft.com/windows/management/2012/01/enrollment',
  discoverAction: 'http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/Discover',
  policy: 'http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy',
  policiesAction: 'http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPolicies',
  requestAction: 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep',
  securityUtility: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  security: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  passwordText: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText',
  trust: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
  issue: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue',
  context: 'http://schemas.xmlsoap.org/ws/2006/12/authorization',
  tokenType: 'http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken',
  provisioningDocument: 'http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc',
  pkcs10: 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS10',
  base64: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary',
} as const;
